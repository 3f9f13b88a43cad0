/*
 * Tap listeners: Follow, statistics trees, service response times, Export Objects, Export PDUs. See taps.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guarded.h"

#include <epan/stats_tree_priv.h>
#include <string.h>

#define AT_LEAST(minor) \
    (WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= (minor)))

/* -- Follow --------------------------------------------------------------------------------------------------------- */

static tap_packet_status follow(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                tap_flags_t flags)
{
    const wsffi_followed *followed = (const wsffi_followed *)data;
    follow_info_t *info = (follow_info_t *)tapdata;

    /* Wireshark takes whoever spoke first for the client. We know better. */
    if (info->client_port == 0 && followed->from_server) {
        info->client_port = pinfo->destport;
        copy_address(&info->client_ip, &pinfo->dst);
        info->server_port = pinfo->srcport;
        copy_address(&info->server_ip, &pinfo->src);
    }
    return follow_tvb_tap_listener(tapdata, pinfo, edt, followed->tvb, flags);
}

int wsffi_register_follow(int proto, const char *tap)
{
    /* TCP's own functions are not exported; its follower has them. */
    register_follow_t *tcp = get_follow_by_name("TCP");
    if (tcp == NULL)
        return 0;
    register_follow_stream(proto, tap, get_follow_conv_func(tcp), get_follow_index_func(tcp),
                           get_follow_address_func(tcp), get_follow_port_to_display(tcp), follow
#if AT_LEAST(2)
                           , get_follow_stream_count_func(tcp), get_follow_sub_stream_id_func(tcp)
#endif
    );
    return 1;
}

/* -- statistics trees ------------------------------------------------------------------------------------------------- */

/* A table that finds the node by its text finds it by a name of its own from now on. */
static void keep_name(GHashTable *table, const char *name, stat_node *node)
{
    if (table != NULL && g_hash_table_lookup(table, name) == node)
        g_hash_table_replace(table, (gpointer)g_intern_string(name), node);
}

/* Gives a node another text than the name that it is found by. Wireshark has one string for both. */
static void set_text(stats_tree *tree, int parent, const char *name, const char *text)
{
    GHashTable *siblings = ((const stat_node *)g_ptr_array_index(tree->parents, parent))->hash;
    stat_node *node = (stat_node *)g_hash_table_lookup(siblings != NULL ? siblings : tree->names, name);

    if (node == NULL)
        return;
    keep_name(siblings, name, node);
    keep_name(tree->names, name, node);
    g_free(node->name);
    node->name = g_strdup(text);
}

static void apply(stats_tree *tree, const wsffi_tick *tick)
{
    unsigned level;
    int parent = 0;

    for (level = 0; level < tick->depth && parent >= 0; level++) {
        const char *name = tick->names[level];
        int above = parent;
        int value = tick->kind == WSFFI_ADD_BELOW_TOP && level == 0 ? 0 : tick->value;
        /* At the top only nodes that may have children are found again by their names. */
        parent = stats_tree_manip_node_int(tick->kind == WSFFI_SAMPLE ? MN_AVERAGE : MN_INCREASE, tree, name, parent,
                                           level == 0 || level + 1 < tick->depth, value);
        if (tick->kind == WSFFI_TEXT && level + 1 == tick->depth)
            set_text(tree, above, name, tick->text);
    }
}

static tap_packet_status count(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data,
                               tap_flags_t flags _U_)
{
    const wsffi_ticks *ticks = (const wsffi_ticks *)data;
    size_t i;

    for (i = 0; i < ticks->count; i++)
        apply(tree, &ticks->ticks[i]);
    return TAP_PACKET_REDRAW;
}

/* All nodes come with the packets. Wireshark's window calls this without asking whether there is one. */
static void no_nodes(stats_tree *tree _U_)
{
}

/* In 4.4 the separator of menus and submenus changed. */
const char *wsffi_menu_separator(void)
{
#ifdef STATS_TREE_MENU_SEPARATOR
    return STATS_TREE_MENU_SEPARATOR;
#else
    return "/";
#endif
}

void wsffi_register_stats_tree(const char *tap, const char *abbreviation, const char *menu, int by_text)
{
    unsigned order = by_text ? ST_SORT_COL_NAME << ST_FLG_SRTCOL_SHIFT : 0;
    stats_tree_register_plugin(tap, abbreviation, menu, order, count, no_nodes, NULL);
}

int wsffi_reset_stats_tree(const char *abbreviation)
{
    stats_tree_cfg *cfg = stats_tree_get_cfg_by_abbr(abbreviation);
    stats_tree *tree;

    if (cfg == NULL)
        return 0;
    tree = stats_tree_new(cfg, NULL, NULL);
    /* not stats_tree_reset(): Wireshark's window has its own, which does this */
    cfg->init(tree);
    stats_tree_free(tree);
    return 1;
}

/* -- service response times ------------------------------------------------------------------------------------------- */

static void make_table(struct register_srt *srt, GArray *tables)
{
    const char *title = proto_get_protocol_short_name(find_protocol_by_id(get_srt_proto_id(srt)));
    init_srt_table(title, NULL, tables, 0, "Procedure", NULL, NULL);
}

/* The row of a procedure; one is added for a new one. */
static int row_of(srt_stat_table *table, const char *procedure)
{
    int row;
    for (row = 0; row < table->num_procs; row++)
        if (table->procedures[row].procedure != NULL && strcmp(table->procedures[row].procedure, procedure) == 0)
            return row;
    init_srt_table_row(table, row, procedure);
    return row;
}

static tap_packet_status measure(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                 tap_flags_t flags _U_)
{
    const wsffi_response *response = (const wsffi_response *)data;
    GArray *tables = ((srt_data_t *)tapdata)->srt_array;
    srt_stat_table *table;
    nstime_t elapsed, asked;

    if (tables == NULL || tables->len == 0)
        return TAP_PACKET_DONT_REDRAW;
    table = g_array_index(tables, srt_stat_table *, 0);
    elapsed.secs = (time_t)response->secs;
    elapsed.nsecs = response->nsecs;
    nstime_delta(&asked, &pinfo->abs_ts, &elapsed);
    add_srt_table_data(table, row_of(table, response->procedure), &asked, pinfo);
    return TAP_PACKET_REDRAW;
}

void wsffi_register_srt(int proto, const char *tap)
{
    register_srt_table(proto, tap, 1, measure, make_table, NULL);
}

/* -- Export Objects --------------------------------------------------------------------------------------------------- */

static tap_packet_status export_object(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                                       tap_flags_t flags _U_)
{
    const wsffi_object *object = (const wsffi_object *)data;
    export_object_list_t *list = (export_object_list_t *)tapdata;
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);

    entry->pkt_num = pinfo->num;
    entry->hostname = g_strdup(object->hostname);
    entry->content_type = g_strdup(object->content_type);
    entry->filename = g_strdup(object->filename);
    entry->payload_len = object->len;
    entry->payload_data = (uint8_t *)g_malloc(object->len + 1);
    memcpy(entry->payload_data, object->bytes, object->len);
    list->add_entry(list->gui_data, entry);
    return TAP_PACKET_REDRAW;
}

int wsffi_register_export_object(int proto)
{
    return register_export_object(proto, export_object, NULL);
}

/* -- Export PDUs ------------------------------------------------------------------------------------------------------ */

int wsffi_register_export_pdu(const char *name)
{
    return register_export_pdu_tap(name);
}

static void queue_pdu(int tap, packet_info *pinfo, tvbuff_t *tvb, const char *dissector)
{
    exp_pdu_data_t *pdu = export_pdu_create_common_tags(pinfo, dissector, EXP_PDU_TAG_DISSECTOR_NAME);

    pdu->tvb_captured_length = tvb_captured_length(tvb);
    pdu->tvb_reported_length = tvb_reported_length(tvb);
    pdu->pdu_tvb = tvb;
    tap_queue_packet(tap, pinfo, pdu);
}

void wsffi_queue_pdu(wsffi_thrown *thrown, int tap, packet_info *pinfo, tvbuff_t *tvb, const char *dissector)
{
    GUARDED(queue_pdu(tap, pinfo, tvb, dissector))
}
