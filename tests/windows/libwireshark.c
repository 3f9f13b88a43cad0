/*
 * The stage's libwireshark: what must have an effect for the plugin to go on. Every other import of the plugin is a function
 * that does nothing and returns 0, which crates/xtask writes from the plugin's import table.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define WS_BUILD_DLL
#include "stage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if AT_LEAST(4)
typedef bool truth;
#else
typedef gboolean truth;
#endif

static void fail(const char *what)
{
    printf("stage: %s\n", what);
    fflush(stdout);
    exit(3);
}

#define NEXT(array, count) \
    ((count) < sizeof(array) / sizeof *(array) ? &(array)[(count)++] : (fail("too many of " #array), (array)))

/* -- registration --------------------------------------------------------------------------------------------------- */

/* Fields and protocols have numbers of one row. TCP has the first. */
#define TCP 1

static const header_field_info tcp_field = { .abbrev = "tcp", .type = FT_PROTOCOL };
static const header_field_info *fields[4096] = { NULL, &tcp_field };
static size_t field_count = TCP + 1;

static struct protocol {
    int id;
    const char *short_name;
    header_field_info field;
} protocols[16];
static size_t protocol_count;

static const char *experts[64];
static size_t expert_count = 1;

static struct dissector_handle {
    const char *name;
    dissector_t function;
    int protocol;
} dissectors[16];
static size_t dissector_count;

static struct routine {
    void (*run)(void);
    int at_close;
} routines[16];
static size_t routine_count;

static const proto_plugin *plugin;

void proto_register_plugin(const proto_plugin *registered)
{
    plugin = registered;
}

void stage_register(void)
{
    if (plugin == NULL)
        fail("plugin_register registered nothing");
    plugin->register_protoinfo();
    plugin->register_handoff();
}

void epan_get_version_number(int *major, int *minor, int *micro)
{
    *major = WIRESHARK_VERSION_MAJOR;
    *minor = WIRESHARK_VERSION_MINOR;
    *micro = WIRESHARK_VERSION_MICRO;
}

int proto_register_protocol(const char *name, const char *short_name, const char *filter)
{
    struct protocol *protocol = NEXT(protocols, protocol_count);
    protocol->id = (int)field_count;
    protocol->short_name = short_name;
    protocol->field.abbrev = filter;
    protocol->field.type = FT_PROTOCOL;
    *NEXT(fields, field_count) = &protocol->field;
    printf("protocol\t%s\t%s\t%s\n", filter, short_name, name);
    return protocol->id;
}

int proto_get_id_by_filter_name(const char *filter)
{
    size_t i;
    for (i = 1; i < field_count; i++)
        if (fields[i]->type == FT_PROTOCOL && strcmp(fields[i]->abbrev, filter) == 0)
            return (int)i;
    return -1;
}

protocol_t *find_protocol_by_id(const int id)
{
    size_t i;
    for (i = 0; i < protocol_count; i++)
        if (protocols[i].id == id)
            return (protocol_t *)&protocols[i];
    return NULL;
}

const char *proto_get_protocol_short_name(const protocol_t *protocol)
{
    return ((const struct protocol *)protocol)->short_name;
}

void proto_register_field_array(const int parent, hf_register_info *hf, const int count)
{
    int i;
    (void)parent;
    for (i = 0; i < count; i++) {
        *hf[i].p_id = (int)field_count;
        *NEXT(fields, field_count) = &hf[i].hfinfo;
    }
}

void proto_register_subtree_array(int *const *ids, const int count)
{
    static int next = 1;
    int i;
    for (i = 0; i < count; i++)
        *ids[i] = next++;
}

expert_module_t *expert_register_protocol(int id)
{
    return (expert_module_t *)find_protocol_by_id(id);
}

void expert_register_field_array(expert_module_t *module, ei_register_info *infos, const int count)
{
    int i;
    (void)module;
    for (i = 0; i < count; i++) {
        infos[i].ids->ei = (int)expert_count;
        infos[i].ids->hf = (int)expert_count;
        *NEXT(experts, expert_count) = infos[i].eiinfo.name;
    }
}

dissector_handle_t register_dissector_with_description(const char *name, const char *description, dissector_t function,
                                                       const int protocol)
{
    struct dissector_handle *handle = NEXT(dissectors, dissector_count);
    (void)description;
    handle->name = name;
    handle->function = function;
    handle->protocol = protocol;
    return handle;
}

dissector_t stage_dissector(const char *name, int *protocol)
{
    size_t i;
    for (i = 0; i < dissector_count; i++)
        if (strcmp(dissectors[i].name, name) == 0) {
            *protocol = dissectors[i].protocol;
            return dissectors[i].function;
        }
    fail("no such dissector");
    return NULL;
}

dissector_table_t find_dissector_table(const char *name)
{
    (void)name;
    return (dissector_table_t)dissectors;
}

module_t *prefs_register_protocol(int id, void (*applied)(void))
{
    (void)applied;
    return (module_t *)find_protocol_by_id(id);
}

register_follow_t *get_follow_by_name(const char *protocol)
{
    (void)protocol;
    return (register_follow_t *)protocols;
}

int register_tap(const char *name)
{
    static int taps;
    (void)name;
    return ++taps;
}

int find_tap_id(const char *name)
{
    (void)name;
    return 0;
}

static void add_routine(void (*run)(void), int at_close)
{
    struct routine *routine = NEXT(routines, routine_count);
    routine->run = run;
    routine->at_close = at_close;
}

void register_init_routine(void (*run)(void))
{
    add_routine(run, 0);
}

void register_cleanup_routine(void (*run)(void))
{
    add_routine(run, 1);
}

static void run_routines(int at_close)
{
    size_t i;
    for (i = 0; i < routine_count; i++)
        if (routines[i].at_close == at_close)
            routines[i].run();
}

void stage_open_file(void)
{
    run_routines(0);
}

void stage_close_file(void)
{
    run_routines(1);
}

/* -- packets -------------------------------------------------------------------------------------------------------- */

struct tvbuff {
    const uint8_t *bytes;
    size_t len;
};

int stage_tcp(void)
{
    return TCP;
}

static tvbuff_t *make_tvb(const uint8_t *bytes, size_t len)
{
    tvbuff_t *tvb = (tvbuff_t *)calloc(1, sizeof *tvb);
    tvb->bytes = bytes;
    tvb->len = len;
    return tvb;
}

tvbuff_t *stage_segment(const char *bytes, size_t len)
{
    return make_tvb((const uint8_t *)bytes, len);
}

#if AT_LEAST(6)
unsigned tvb_captured_length(const tvbuff_t *tvb)
#else
guint tvb_captured_length(const tvbuff_t *tvb)
#endif
{
    return (unsigned)tvb->len;
}

#if AT_LEAST(6)
unsigned tvb_reported_length(const tvbuff_t *tvb)
#else
guint tvb_reported_length(const tvbuff_t *tvb)
#endif
{
    return (unsigned)tvb->len;
}

const uint8_t *tvb_get_ptr(tvbuff_t *tvb, const int offset, const int len)
{
    if (offset < 0 || len < 0 || (size_t)offset + (size_t)len > tvb->len)
        except_throw(XCEPT_GROUP_WIRESHARK, BoundsError, NULL);
    return tvb->bytes + offset;
}

tvbuff_t *tvb_new_child_real_data(tvbuff_t *parent, const uint8_t *bytes, const unsigned len, const int reported)
{
    (void)parent;
    (void)reported;
    return make_tvb(bytes, len);
}

tvbuff_t *tvb_new_subset_length(tvbuff_t *tvb, const int offset, const int len)
{
    return make_tvb(tvb_get_ptr(tvb, offset, len), (size_t)len);
}

static struct kept {
    int protocol;
    uint32_t key;
    void *data;
} of_conversation[16], of_packet[16];
static size_t of_conversation_count, of_packet_count;

void stage_begin_packet(void)
{
    of_packet_count = 0;
}

static conversation_t only_conversation;
static struct tcp_analysis only_tcp;

struct tcp_analysis *stage_tcp_analysis(void)
{
    return &only_tcp;
}

#if AT_LEAST(6)
conversation_t *find_or_create_conversation(const packet_info *pinfo)
#else
conversation_t *find_or_create_conversation(packet_info *pinfo)
#endif
{
    (void)pinfo;
    return &only_conversation;
}

#if AT_LEAST(4)
conversation_t *find_conversation_pinfo(const packet_info *pinfo, const unsigned options)
#else
conversation_t *find_conversation_pinfo(packet_info *pinfo, const guint options)
#endif
{
    (void)pinfo;
    (void)options;
    return &only_conversation;
}

struct tcp_analysis *get_tcp_conversation_data(conversation_t *conversation, packet_info *pinfo)
{
    (void)conversation;
    (void)pinfo;
    return &only_tcp;
}

void conversation_add_proto_data(conversation_t *conversation, const int protocol, void *data)
{
    struct kept *kept = NEXT(of_conversation, of_conversation_count);
    (void)conversation;
    kept->protocol = protocol;
    kept->data = data;
}

void *conversation_get_proto_data(const conversation_t *conversation, const int protocol)
{
    size_t i;
    (void)conversation;
    for (i = 0; i < of_conversation_count; i++)
        if (of_conversation[i].protocol == protocol)
            return of_conversation[i].data;
    return NULL;
}

void p_set_proto_data(wmem_allocator_t *scope, struct _packet_info *pinfo, int protocol, uint32_t key, void *data)
{
    struct kept *kept = NEXT(of_packet, of_packet_count);
    (void)scope;
    (void)pinfo;
    kept->protocol = protocol;
    kept->key = key;
    kept->data = data;
}

/* The newest: what is set again replaces what was there. */
void *p_get_proto_data(wmem_allocator_t *scope, struct _packet_info *pinfo, int protocol, uint32_t key)
{
    size_t i;
    (void)scope;
    (void)pinfo;
    for (i = of_packet_count; i > 0; i--)
        if (of_packet[i - 1].protocol == protocol && of_packet[i - 1].key == key)
            return of_packet[i - 1].data;
    return NULL;
}

/* -- exceptions ----------------------------------------------------------------------------------------------------- */

static struct except_stacknode *catchers;

void except_setup_try(struct except_stacknode *node, struct except_catch *catcher, const except_id_t ids[], size_t count)
{
    memset(&catcher->except_obj, 0, sizeof catcher->except_obj);
    catcher->except_id = ids;
    catcher->except_size = count;
    node->except_type = XCEPT_CATCHER;
    node->except_info.except_catcher = catcher;
    node->except_down = catchers;
    catchers = node;
}

struct except_stacknode *except_pop(void)
{
    struct except_stacknode *top = catchers;
    catchers = top->except_down;
    return top;
}

/* Each catcher here catches everything. It stays where it is: whoever caught takes it away. */
static void throw_to(struct except_stacknode *node, long group, long code, const char *message)
{
    except_t *thrown;
    if (node == NULL)
        fail("an exception that nobody catches");
    catchers = node;
    thrown = &node->except_info.except_catcher->except_obj;
    thrown->except_id.except_group = (unsigned long)group;
    thrown->except_id.except_code = (unsigned long)code;
    thrown->except_message = message;
    longjmp(node->except_info.except_catcher->except_jmp, 1);
}

void except_throw(long group, long code, const char *message)
{
    throw_to(catchers, group, code, message);
    abort();
}

void except_throwf(long group, long code, const char *format, ...)
{
    static char message[256];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    throw_to(catchers, group, code, message);
    abort();
}

void except_rethrow(except_t *thrown)
{
    throw_to(catchers->except_down, (long)thrown->except_id.except_group, (long)thrown->except_id.except_code,
             thrown->except_message);
    abort();
}

/* -- what is shown -------------------------------------------------------------------------------------------------- */

static const char *throw_at;

void stage_throw_at(const char *field)
{
    throw_at = field;
}

static struct _proto_node *make_item(proto_tree *parent)
{
    struct _proto_node *item = (struct _proto_node *)calloc(1, sizeof *item);
    item->finfo = (field_info *)calloc(1, sizeof *item->finfo);
    item->tree_data = parent->tree_data;
    return item;
}

proto_tree *stage_tree(packet_info *pinfo)
{
    static struct _proto_node none;
    none.tree_data = (tree_data_t *)calloc(1, sizeof *none.tree_data);
    none.tree_data->pinfo = pinfo;
    none.tree_data->visible = TRUE;
    return make_item(&none);
}

/* One line for each field; the value's format and the value follow. */
static proto_item *show(proto_tree *tree, int field, const char *format, ...)
{
    const char *name = fields[field]->abbrev;
    va_list values;
    if (throw_at != NULL && strcmp(throw_at, name) == 0)
        except_throw(XCEPT_GROUP_WIRESHARK, BoundsError, NULL);
    printf("field\t%s\t", name);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    printf("\n");
    return make_item(tree);
}

#define PLACE tvbuff_t *tvb, int start, int length
#define UNUSED_PLACE (void)tvb, (void)start, (void)length

proto_item *proto_tree_add_item(proto_tree *tree, int field, tvbuff_t *tvb, const int start, int length, const unsigned how)
{
    UNUSED_PLACE, (void)how;
    return show(tree, field, "-");
}

proto_item *proto_tree_add_protocol_format(proto_tree *tree, int field, PLACE, const char *format, ...)
{
    UNUSED_PLACE, (void)field, (void)format;
    return make_item(tree);
}

proto_item *proto_tree_add_none_format(proto_tree *tree, const int field, PLACE, const char *format, ...)
{
    UNUSED_PLACE, (void)format;
    return show(tree, field, "-");
}

proto_tree *proto_tree_add_subtree_format(proto_tree *tree, PLACE, int kind, proto_item **item, const char *format, ...)
{
    UNUSED_PLACE, (void)kind, (void)format;
    if (item != NULL)
        *item = NULL;
    return make_item(tree);
}

proto_tree *proto_item_add_subtree(proto_item *item, const int kind)
{
    (void)kind;
    return item;
}

#if AT_LEAST(4)
proto_item *proto_tree_add_boolean(proto_tree *tree, int field, PLACE, uint64_t value)
#else
proto_item *proto_tree_add_boolean(proto_tree *tree, int field, PLACE, uint32_t value)
#endif
{
    UNUSED_PLACE;
    return show(tree, field, "%d", value != 0);
}

proto_item *proto_tree_add_uint(proto_tree *tree, int field, PLACE, uint32_t value)
{
    UNUSED_PLACE;
    return show(tree, field, "%" PRIu32, value);
}

proto_item *proto_tree_add_uint_format_value(proto_tree *tree, int field, PLACE, uint32_t value, const char *format, ...)
{
    UNUSED_PLACE, (void)format;
    return show(tree, field, "%" PRIu32, value);
}

proto_item *proto_tree_add_string(proto_tree *tree, int field, PLACE, const char *value)
{
    UNUSED_PLACE;
    return show(tree, field, "%s", value);
}

proto_item *proto_tree_add_string_format_value(proto_tree *tree, int field, PLACE, const char *value, const char *format,
                                               ...)
{
    UNUSED_PLACE, (void)format;
    return show(tree, field, "%s", value);
}

proto_item *proto_tree_add_time(proto_tree *tree, int field, PLACE, const nstime_t *value)
{
    UNUSED_PLACE;
    return show(tree, field, "%lld.%09d", (long long)value->secs, value->nsecs);
}

proto_item *proto_tree_add_bytes_with_length(proto_tree *tree, int field, PLACE, const uint8_t *bytes, int len)
{
    UNUSED_PLACE, (void)bytes;
    return show(tree, field, "%d bytes", len);
}

proto_item *proto_tree_add_guid(proto_tree *tree, int field, PLACE, const e_guid_t *value)
{
    UNUSED_PLACE;
    return show(tree, field, "%08" PRIx32 "-%04x-%04x-%02x%02x", value->data1, value->data2, value->data3,
                value->data4[0], value->data4[1]);
}

static proto_item *show_expert(const expert_field *expert)
{
    printf("expert\t%s\n", experts[expert->ei]);
    return NULL;
}

proto_item *proto_tree_add_expert(proto_tree *tree, packet_info *pinfo, expert_field *expert, PLACE)
{
    UNUSED_PLACE, (void)tree, (void)pinfo;
    return show_expert(expert);
}

proto_item *proto_tree_add_expert_format(proto_tree *tree, packet_info *pinfo, expert_field *expert, PLACE,
                                         const char *format, ...)
{
    UNUSED_PLACE, (void)tree, (void)pinfo, (void)format;
    return show_expert(expert);
}

truth proto_field_is_referenced(proto_tree *tree, int field)
{
    (void)tree;
    (void)field;
    return TRUE;
}

truth col_get_writable(column_info *columns, const int column)
{
    (void)columns;
    (void)column;
    return TRUE;
}

void col_add_fstr(column_info *columns, const int column, const char *format, ...)
{
    va_list values;
    (void)columns;
    printf("column\t%s\t", column == COL_INFO ? "info" : column == COL_PROTOCOL ? "protocol" : "?");
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    printf("\n");
}
