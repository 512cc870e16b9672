// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APIOperation {
    /// Every operation of the API, by topic.
    public static let all: [APIOperation] =
        overview + orders + certificates + deliveries + handOvers + publications + people + plan + templates
        + authorities + incidents + records + exports
        + settings + session + apiTokens + longWork + events + about + changes + go + requests + recoveries + views
        + mailboxes + notifications + adoptions + drift
}
