// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>

/// What the resolver says: the number of records, or one of these.
enum { certway_dns_none = 0, certway_dns_no_name = -1, certway_dns_unknown = -2 };

/// Asks the system's resolver, as /etc/resolv.conf and its options have it, for records of one type and calls `each` with the data of
/// each record of that type. Follows aliases, as the resolver's answer does. Blocks for at most about `seconds`.
///
/// Returns the number of records, certway_dns_none for a name without such records, certway_dns_no_name for one that does not exist, and
/// certway_dns_unknown where nobody has answered, or not in a form that can be read.
static inline int certway_dns_query(
    const char *_Nonnull name, int type, int seconds, void *_Nullable context,
    void (*_Nonnull each)(void *_Nullable context, const unsigned char *_Nonnull data, int length)) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return certway_dns_unknown;
    // Two rounds over at most MAXNS servers.
    int servers = state.nscount > 0 ? state.nscount : 1;
    int each_try = seconds / (2 * servers);
    state.retrans = each_try > 0 ? each_try : 1;
    state.retry = 2;
    unsigned char answer[NS_MAXMSG];
    int length = res_nquery(&state, name, ns_c_in, type, answer, sizeof answer);
    int reason = state.res_h_errno;
    res_nclose(&state);
    if (length < 0) return reason == HOST_NOT_FOUND ? certway_dns_no_name : reason == NO_DATA ? certway_dns_none : certway_dns_unknown;
    ns_msg message;
    if (length > (int)sizeof answer || ns_initparse(answer, length, &message) != 0) return certway_dns_unknown;
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
