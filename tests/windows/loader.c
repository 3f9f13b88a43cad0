/*
 * Loads the plugin as Wireshark does: loader.exe GW2.DLL. With `play`, it plays a portal request and its answer to it; with
 * a field's name behind that, adding the field throws.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stage.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

/* XML that a client sends, and a success that looks like a failure. */
#define PING "P /Sts/Ping STS/1.0\r\ns:7;timeout=4000\r\nl:21\r\n\r\n<Ping><A>1</A></Ping>"
#define PONG "STS/1.0 400 Success\r\ns:7R\r\nl:0\r\n\r\n"

static const uint8_t client[4] = { 192, 0, 2, 1 };
static const uint8_t server[4] = { 192, 0, 2, 2 };

static HMODULE plugin;

static void *symbol(const char *name)
{
    void *found = (void *)GetProcAddress(plugin, name);
    if (found == NULL) {
        printf("stage: no %s\n", name);
        exit(3);
    }
    return found;
}

static void load(const char *file)
{
    plugin = LoadLibraryA(file);
    if (plugin == NULL) {
        printf("stage: LoadLibrary failed with %lu\n", GetLastError());
        exit(3);
    }
    printf("version\t%s\n", (const char *)symbol("plugin_version"));
    printf("wants\t%d.%d\n", *(const int *)symbol("plugin_want_major"), *(const int *)symbol("plugin_want_minor"));
    printf("describes\t%u\n", ((uint32_t (*)(void))symbol("plugin_describe"))());
    ((void (*)(void))symbol("plugin_register"))();
    stage_register();
}

static void set(address *end, const uint8_t *ip)
{
    set_address(end, AT_IPv4, 4, ip);
}

/* A segment over TCP, as Wireshark's own TCP dissector would hand it over. */
static void play(const char *dissector_name, uint32_t number, int from_server, int visited, const char *bytes, size_t len)
{
    int protocol = 0;
    dissector_t dissect = stage_dissector(dissector_name, &protocol);
    stage_layer tcp = { NULL, stage_tcp() };
    stage_layer own = { &tcp, protocol };
    frame_data frame;
    packet_info packet;
    struct tcpinfo info;
    volatile int consumed = -1;

    memset(&frame, 0, sizeof frame);
    memset(&packet, 0, sizeof packet);
    memset(&info, 0, sizeof info);
    frame.num = number;
    frame.visited = visited ? 1 : 0;
    packet.num = number;
    packet.fd = &frame;
    packet.rel_ts.secs = (time_t)number;
    packet.rel_ts.nsecs = (int)number * 250000000;
    packet.abs_ts = packet.rel_ts;
    packet.ptype = PT_TCP;
    packet.layers = (wmem_list_t *)&own;
    set(&packet.src, from_server ? server : client);
    set(&packet.dst, from_server ? client : server);
    packet.net_src = packet.src;
    packet.net_dst = packet.dst;
    packet.srcport = from_server ? 6112 : 50000;
    packet.destport = from_server ? 50000 : 6112;
    info.seq = 1;
    info.nxtseq = 1 + (uint32_t)len;
    info.lastackseq = 1;
    info.flags = 0x18; /* PSH, ACK */

    printf("packet\t%u\n", number);
    stage_begin_packet();
    TRY {
        consumed = dissect(stage_segment(bytes, len), &packet, stage_tree(&packet), &info);
    }
    CATCH_ALL {
        printf("threw\t%lu\n", exc->except_id.except_code);
    }
    ENDTRY;
    printf("consumed\t%d\n", consumed);
}

static void tcp_knows(void)
{
    struct tcp_analysis *tcp = stage_tcp_analysis();
    tcp->fwd = &tcp->flow1;
    tcp->rev = &tcp->flow2;
    tcp->server_port = 6112;
    tcp->stream = 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        printf("usage: loader GW2.DLL [play [FIELD]]\n");
        return 2;
    }
    load(argv[1]);
    if (argc < 3) {
        printf("done\n");
        return 0;
    }
    tcp_knows();
    stage_open_file();
    if (argc > 3)
        stage_throw_at(argv[3]);
    play("gw2.portal", 1, 0, 0, PING, sizeof PING - 1);
    play("gw2.portal", 2, 1, 0, PONG, sizeof PONG - 1);
    /* Later, when the user clicks on the first. */
    play("gw2.portal", 1, 0, 1, PING, sizeof PING - 1);
    stage_close_file();
    printf("done\n");
    return 0;
}
