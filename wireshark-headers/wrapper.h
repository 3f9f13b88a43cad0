/*
 * What bindgen reads: the parts of Wireshark's API that crates/wireshark-ffi uses.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WSFFI_WRAPPER_H
#define WSFFI_WRAPPER_H

#include <ws_version.h>
#include <wireshark.h>

#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/prefs.h>
#include <epan/tfs.h>
#include <epan/expert.h>
#include <epan/conversation.h>
#include <epan/column-utils.h>
#include <epan/tap.h>
#include <epan/address.h>
#include <epan/guid-utils.h>
#include <epan/exceptions.h>
#include <epan/follow.h>
#include <epan/stats_tree.h>
#include <epan/srt_table.h>
#include <epan/export_object.h>
#include <epan/exported_pdu.h>
#include <epan/secrets.h>
#include <epan/epan.h>
#include <epan/dissectors/packet-tcp.h>

#include <wsutil/report_message.h>
#include <wsutil/wslog.h>
#include <wsutil/nstime.h>
#include <wsutil/wmem/wmem.h>

#include "shim.h"
#include "taps.h"

#endif
