/*
 * The C side of crates/wireshark-ffi.
 *
 * libwireshark reports errors by longjmp. A longjmp over a Rust frame runs no destructor, so no Rust code may call a
 * function that can throw, nor be called by epan directly. This shim stands on both sides:
 *
 *  - calls into epan: wsffi_* functions with a wsffi_thrown argument catch whatever is thrown and describe it;
 *  - calls out of epan: the callbacks registered here call Rust through wsffi_callbacks, get a wsffi_outcome, and throw
 *    again, from C, what Rust handed back.
 *
 * Every function that takes a wsffi_thrown leaves it alone when nothing was thrown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WSFFI_SHIM_H
#define WSFFI_SHIM_H

#include <stdint.h>
#include <stddef.h>

#include <epan/packet.h>
#include <epan/expert.h>
#include <epan/conversation.h>

/* An exception that was caught. code is 0 when there is none; message is NULL or owned by the reader (g_free). */
typedef struct wsffi_thrown {
    unsigned long group;
    unsigned long code;
    char *message;
} wsffi_thrown;

/* What a dissector is called with. The bytes are those that were captured. */
typedef struct wsffi_call {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    void *data;
    const uint8_t *bytes;
    size_t captured;
    size_t reported;
} wsffi_call;

enum { WSFFI_DONE = 0, WSFFI_THREW = 1, WSFFI_PANICKED = 2 };

#define WSFFI_MESSAGE 1024

/* How a Rust callback ended. message is the exception's (has_message) or the panic's. */
typedef struct wsffi_outcome {
    int kind;
    int value;
    unsigned long group;
    unsigned long code;
    int has_message;
    char message[WSFFI_MESSAGE];
} wsffi_outcome;

/* The Rust functions that this shim calls. None of them unwinds. */
typedef struct wsffi_callbacks {
    void (*register_protocols)(void);
    void (*register_handoffs)(void);
    void (*dissect)(size_t slot, const wsffi_call *call, wsffi_outcome *outcome);
    void (*claims)(size_t slot, const wsffi_call *call, wsffi_outcome *outcome);
    void (*preferences_applied)(size_t slot);
    void (*file_opened)(void);
    void (*file_closed)(void);
    void (*shut_down)(void);
    void (*secrets)(const uint8_t *bytes, size_t len);
    void (*drop_state)(void *state);
} wsffi_callbacks;

/* life cycle */
void wsffi_start(const wsffi_callbacks *callbacks);
void wsffi_set_bug_expert(const expert_field *field);
void wsffi_register_routines(void);
/* Has the secrets of a type handed over that capture files carry. 0 where Wireshark does not let plugins have them: before
 * 4.4 it does not export the function, and one symbol that is not there keeps the whole plugin from being loaded. */
int wsffi_register_secrets(uint32_t type);
typedef void (*wsffi_applied)(void);
wsffi_applied wsffi_preferences_slot(size_t slot);

/* dissectors */
/* How many dissectors there can be. */
#define WSFFI_DISSECTORS 8

/* NULL when there are too many. */
dissector_handle_t wsffi_register_dissector(const char *name, int proto, size_t slot);
int wsffi_add_heuristic(size_t slot, const char *table, const char *display, const char *internal, int proto, int enabled,
                        dissector_handle_t handle, size_t dissector_slot);
int wsffi_call_dissector(wsffi_thrown *thrown, dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree);
int wsffi_call_data(wsffi_thrown *thrown, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);
uint32_t wsffi_starttls_ack(wsffi_thrown *thrown, dissector_handle_t tls, packet_info *pinfo, dissector_handle_t inner);

/* packet */
int wsffi_in_error_packet(const packet_info *pinfo);
int wsffi_visited(const packet_info *pinfo);
unsigned wsffi_count_call(packet_info *pinfo, int proto);
int wsffi_data_is_from_tcp(const packet_info *pinfo);
struct tcp_analysis *wsffi_tcp_analysis(wsffi_thrown *thrown, packet_info *pinfo);
/* what TCP keeps with a conversation; NULL when it is none of TCP's */
const struct tcp_analysis *wsffi_tcp_of(const conversation_t *conversation);
int wsffi_tcp_relative_seq(void);
void wsffi_column_set(packet_info *pinfo, int column, const char *text, int len);
void wsffi_column_append(packet_info *pinfo, int column, const char *text, int len);
void *wsffi_pool_copy(packet_info *pinfo, const void *bytes, size_t len);

/* tvb */
tvbuff_t *wsffi_tvb_subset(wsffi_thrown *thrown, tvbuff_t *tvb, int offset, int len);
tvbuff_t *wsffi_tvb_copy(wsffi_thrown *thrown, packet_info *pinfo, tvbuff_t *parent, const uint8_t *bytes, uint32_t len,
                         const uint8_t **copied);
void wsffi_add_data_source(wsffi_thrown *thrown, packet_info *pinfo, tvbuff_t *tvb, const char *name, int len);

/* conversations */
conversation_t *wsffi_conversation_find(wsffi_thrown *thrown, packet_info *pinfo, int create);
conversation_t *wsffi_conversation_find_by(wsffi_thrown *thrown, uint32_t frame, const address *a, const address *b,
                                           uint32_t port_a, uint32_t port_b, unsigned options);
conversation_t *wsffi_conversation_new(wsffi_thrown *thrown, uint32_t frame, const address *a, const address *b,
                                       uint32_t port_a, uint32_t port_b, unsigned options);
void wsffi_keep_state(void *state);

/* tree */
typedef struct wsffi_place {
    proto_tree *tree;
    tvbuff_t *tvb;
    int start;
    int length;
} wsffi_place;

proto_item *wsffi_add_none(wsffi_thrown *thrown, const wsffi_place *at, int field);
proto_item *wsffi_add_boolean(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value);
proto_item *wsffi_add_uint(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value);
proto_item *wsffi_add_uint64(wsffi_thrown *thrown, const wsffi_place *at, int field, uint64_t value);
proto_item *wsffi_add_int(wsffi_thrown *thrown, const wsffi_place *at, int field, int32_t value);
proto_item *wsffi_add_int64(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t value);
proto_item *wsffi_add_float(wsffi_thrown *thrown, const wsffi_place *at, int field, float value);
proto_item *wsffi_add_double(wsffi_thrown *thrown, const wsffi_place *at, int field, double value);
proto_item *wsffi_add_string(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *value, int len);
proto_item *wsffi_add_bytes(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t *value, int len);
proto_item *wsffi_add_guid(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t data1, uint16_t data2,
                           uint16_t data3, const uint8_t data4[8]);
proto_item *wsffi_add_ipv4(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t value[4]);
proto_item *wsffi_add_ipv6(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t value[16]);
proto_item *wsffi_add_time(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t secs, int32_t nsecs);

/* The same with the value's text given. */
proto_item *wsffi_add_none_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len);
proto_item *wsffi_add_protocol_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len);
proto_item *wsffi_add_boolean_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value,
                                   const char *text, int len);
proto_item *wsffi_add_uint_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value, const char *text,
                                int len);
proto_item *wsffi_add_uint64_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint64_t value,
                                  const char *text, int len);
proto_item *wsffi_add_int_text(wsffi_thrown *thrown, const wsffi_place *at, int field, int32_t value, const char *text,
                               int len);
proto_item *wsffi_add_int64_text(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t value, const char *text,
                                 int len);
proto_item *wsffi_add_float_text(wsffi_thrown *thrown, const wsffi_place *at, int field, float value, const char *text,
                                 int len);
proto_item *wsffi_add_double_text(wsffi_thrown *thrown, const wsffi_place *at, int field, double value, const char *text,
                                  int len);
proto_item *wsffi_add_string_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *value,
                                  int value_len, const char *text, int len);
proto_item *wsffi_add_bytes_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t *value,
                                 int value_len, const char *text, int len);

proto_tree *wsffi_add_subtree(wsffi_thrown *thrown, const wsffi_place *at, int ett, const char *text, int len);
proto_tree *wsffi_item_subtree(wsffi_thrown *thrown, proto_item *item, int ett);
void wsffi_item_append_text(wsffi_thrown *thrown, proto_item *item, const char *text, int len);
void wsffi_item_set_text(wsffi_thrown *thrown, proto_item *item, const char *text, int len);
void wsffi_item_set_generated(proto_item *item);
void wsffi_item_set_hidden(proto_item *item);
int wsffi_tree_visible(proto_tree *tree);
int wsffi_field_referenced(proto_tree *tree, int field);

/* expert information; text NULL: the field's summary */
void wsffi_item_expert(wsffi_thrown *thrown, packet_info *pinfo, proto_item *item, expert_field field, const char *text,
                       int len);
void wsffi_tree_expert(wsffi_thrown *thrown, packet_info *pinfo, const wsffi_place *at, expert_field field,
                       const char *text, int len);

/* messages */
void wsffi_report(int failure, const char *text, int len);
void wsffi_log(const char *domain, int level, const char *text, int len);

/* Throws on purpose, through the same guard as everything else; which is one of the numbers below. */
enum { WSFFI_FORCE_BOUNDS = 0, WSFFI_FORCE_DISSECTOR_BUG = 1, WSFFI_FORCE_MESSAGE = 2 };
void wsffi_force_exception(wsffi_thrown *thrown, tvbuff_t *tvb, int which);

#endif
