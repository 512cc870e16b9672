// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>

/// What the resolver says beside an answer.
enum { certway_dns_no_records = -1, certway_dns_unknown = -2 };

/// Asks the system's resolver, as /etc/resolv.conf and its options have it, for records of one type, and puts the answer into
/// `answer`. Blocks for at most about `seconds`.
///
/// Returns the length of the answer, certway_dns_no_records for a name that does not exist or has none of that type, and
/// certway_dns_unknown where nobody has answered.
static inline int certway_dns_query(
    const char *_Nonnull name, int type, int seconds, unsigned char *_Nonnull answer, int room) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return certway_dns_unknown;
    // Two rounds over all servers.
    int pause = seconds / (2 * (state.nscount > 0 ? state.nscount : 1));
    state.retrans = pause > 0 ? pause : 1;
    state.retry = 2;
    int length = res_nquery(&state, name, ns_c_in, type, answer, room);
    int reason = state.res_h_errno;
    res_nclose(&state);
    if (length > room) return certway_dns_unknown;
    if (length >= 0) return length;
    return reason == HOST_NOT_FOUND || reason == NO_DATA ? certway_dns_no_records : certway_dns_unknown;
}

/// Calls `each` with the data of every record of that type in an answer.
///
/// Returns the number of them, or certway_dns_unknown for an answer that cannot be read.
static inline int certway_dns_read(
    const unsigned char *_Nonnull answer, int length, int type, void *_Nullable context,
    void (*_Nonnull each)(void *_Nullable context, const unsigned char *_Nonnull data, int length)) {
    ns_msg message;
    if (ns_initparse(answer, length, &message) != 0) return certway_dns_unknown;
    int found = 0;
    for (int index = 0; index < ns_msg_count(message, ns_s_an); index++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, index, &record) != 0) return certway_dns_unknown;
        if ((int)ns_rr_type(record) != type || ns_rr_class(record) != ns_c_in) continue;
        each(context, ns_rr_rdata(record), ns_rr_rdlen(record));
        found++;
    }
    return found;
}
