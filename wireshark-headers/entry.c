/*
 * Calls from epan into Rust: the outermost frames, from which what Rust handed back is thrown. See shim.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wrapper.h"

#define HEURISTICS 8
#define PREFERENCE_MODULES 4

static wsffi_callbacks rust;
static expert_field bug = EI_INIT;

/* -- life cycle ------------------------------------------------------------------------------------------------------- */

static void register_protocols(void)
{
    rust.register_protocols();
}

static void register_handoffs(void)
{
    rust.register_handoffs();
}

void wsffi_start(const wsffi_callbacks *callbacks)
{
    static const proto_plugin plugin = { register_protocols, register_handoffs };
    rust = *callbacks;
    proto_register_plugin(&plugin);
}

static void file_opened(void)
{
    rust.file_opened();
}

static void file_closed(void)
{
    rust.file_closed();
}

static void shut_down(void)
{
    rust.shut_down();
}

void wsffi_register_routines(void)
{
    register_init_routine(file_opened);
    register_cleanup_routine(file_closed);
    register_shutdown_routine(shut_down);
}

#if WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= 4)
static void secrets(const void *bytes, unsigned len)
{
    rust.secrets((const uint8_t *)bytes, len);
}

int wsffi_register_secrets(uint32_t type)
{
    secrets_register_type(type, secrets);
    return 1;
}
#else
int wsffi_register_secrets(uint32_t type _U_)
{
    return 0;
}
#endif

void wsffi_set_bug_expert(const expert_field *field)
{
    bug = *field;
}

/* prefs_register_protocol's callback has no argument: one function for each module. */
#define PREFERENCES(n)                          \
    static void preferences_applied_##n(void)   \
    {                                           \
        rust.preferences_applied(n);            \
    }
PREFERENCES(0)
PREFERENCES(1)
PREFERENCES(2)
PREFERENCES(3)

wsffi_applied wsffi_preferences_slot(size_t slot)
{
    static const wsffi_applied slots[PREFERENCE_MODULES] = { preferences_applied_0, preferences_applied_1,
                                                            preferences_applied_2, preferences_applied_3 };
    return slot < PREFERENCE_MODULES ? slots[slot] : NULL;
}

/* -- dissectors -------------------------------------------------------------------------------------------------------- */

static void fill(wsffi_call *call, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    call->tvb = tvb;
    call->pinfo = pinfo;
    call->tree = tree;
    call->data = data;
    call->captured = tvb_captured_length(tvb);
    call->reported = tvb_reported_length(tvb);
    call->bytes = call->captured > 0 ? tvb_get_ptr(tvb, 0, (int)call->captured) : NULL;
}

/* Rust is done, its frames are gone: now it is safe to jump. */
static void throw_again(const wsffi_outcome *outcome)
{
    if (outcome->has_message)
        except_throwf((long)outcome->group, (long)outcome->code, "%s", outcome->message);
    except_throw((long)outcome->group, (long)outcome->code, NULL);
}

static void show_panic(const wsffi_call *call, const wsffi_outcome *outcome)
{
    if (bug.ei > 0 || bug.hf > 0)
        proto_tree_add_expert_format(call->tree, call->pinfo, &bug, call->tvb, 0, (int)call->captured,
                                     "dissector bug: %s", outcome->message);
}

static int finish(const wsffi_call *call, const wsffi_outcome *outcome)
{
    switch (outcome->kind) {
    case WSFFI_THREW:
        throw_again(outcome);
        break;
    case WSFFI_PANICKED:
        show_panic(call, outcome);
        call_data_dissector(call->tvb, call->pinfo, call->tree);
        return (int)call->captured;
    default:
        break;
    }
    return outcome->value;
}

static int dissect(size_t slot, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    wsffi_call call;
    wsffi_outcome outcome;

    fill(&call, tvb, pinfo, tree, data);
    rust.dissect(slot, &call, &outcome);
    return finish(&call, &outcome);
}

/* A dissector registered with data of its own (register_dissector_with_data) has no description in 4.0, and the port
 * preferences find a protocol's dissector by its description alone. So each slot has a function. */
#define DISSECTOR(n)                                                                                     \
    static int dissect_##n(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)              \
    {                                                                                                    \
        return dissect(n, tvb, pinfo, tree, data);                                                       \
    }
DISSECTOR(0)
DISSECTOR(1)
DISSECTOR(2)
DISSECTOR(3)
DISSECTOR(4)
DISSECTOR(5)
DISSECTOR(6)
DISSECTOR(7)

dissector_handle_t wsffi_register_dissector(const char *name, int proto, size_t slot)
{
    static const dissector_t slots[WSFFI_DISSECTORS] = { dissect_0, dissect_1, dissect_2, dissect_3,
                                                         dissect_4, dissect_5, dissect_6, dissect_7 };
    const char *description = proto_get_protocol_short_name(find_protocol_by_id(proto));
    return slot < WSFFI_DISSECTORS ? register_dissector_with_description(name, description, slots[slot], proto) : NULL;
}

/* -- heuristics --------------------------------------------------------------------------------------------------------- */

/* heur_dissector_t's return type follows gboolean's replacement by bool. */
#if WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= 4)
typedef bool heuristic_result;
#else
typedef gboolean heuristic_result;
#endif

static struct {
    dissector_handle_t handle;
    size_t dissector_slot;
} heuristics[HEURISTICS];

static heuristic_result try_heuristic(size_t slot, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    wsffi_call call;
    wsffi_outcome outcome;

    if (pinfo->flags.in_error_pkt)
        return FALSE;
    fill(&call, tvb, pinfo, tree, data);
    rust.claims(slot, &call, &outcome);
    if (outcome.kind == WSFFI_THREW)
        throw_again(&outcome);
    if (outcome.kind == WSFFI_PANICKED) {
        show_panic(&call, &outcome);
        return FALSE;
    }
    if (!outcome.value)
        return FALSE;
    /* Not on later passes: TLS may have taken the conversation over since, and leaves us what came before. */
    if (!pinfo->fd->visited)
        conversation_set_dissector(find_or_create_conversation(pinfo), heuristics[slot].handle);
    rust.dissect(heuristics[slot].dissector_slot, &call, &outcome);
    finish(&call, &outcome);
    return TRUE;
}

#define HEURISTIC(n)                                                                                            \
    static heuristic_result heuristic_##n(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)      \
    {                                                                                                           \
        return try_heuristic(n, tvb, pinfo, tree, data);                                                        \
    }
HEURISTIC(0)
HEURISTIC(1)
HEURISTIC(2)
HEURISTIC(3)
HEURISTIC(4)
HEURISTIC(5)
HEURISTIC(6)
HEURISTIC(7)

int wsffi_add_heuristic(size_t slot, const char *table, const char *display, const char *internal, int proto, int enabled,
                        dissector_handle_t handle, size_t dissector_slot)
{
    static const heur_dissector_t slots[HEURISTICS] = { heuristic_0, heuristic_1, heuristic_2, heuristic_3,
                                                        heuristic_4, heuristic_5, heuristic_6, heuristic_7 };
    if (slot >= HEURISTICS)
        return 0;
    heuristics[slot].handle = handle;
    heuristics[slot].dissector_slot = dissector_slot;
    heur_dissector_add(table, slots[slot], display, internal, proto, enabled ? HEURISTIC_ENABLE : HEURISTIC_DISABLE);
    return 1;
}

/* -- state that lives as long as the capture file ------------------------------------------------------------------------ */

/* wmem_user_cb_t's return type changed in 4.2 already. */
#if WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= 2)
typedef bool wmem_result;
#else
typedef gboolean wmem_result;
#endif

static wmem_result drop_state(wmem_allocator_t *allocator _U_, wmem_cb_event_t event _U_, void *state)
{
    rust.drop_state(state);
    return FALSE;
}

void wsffi_keep_state(void *state)
{
    wmem_register_callback(wmem_file_scope(), drop_state, state);
}
