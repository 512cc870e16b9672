// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension ConfigurationKeys {
    static let recovery: [ProfileKey] = [
        ProfileKey("recovery", "mapping", "How archived keys are handed out again."),
        ProfileKey(
            "recovery.approvals", "whole number",
            "People a recovery by a key recovery agent takes, the one who asks included; \(usual.approvals) when left out. With 2 the "
                + "password of the file goes to the one who approved.", in: 1...2),
        ProfileKey(
            "recovery.lapsesAfter", "duration",
            "How long a recovery can be approved and fetched; \(usual.lapsesAfter.text) when left out."),
        ProfileKey(
            "recovery.byOwner", "true or false",
            "Whether people fetch keys of their own former certificates at `/my`; true when left out. It needs an agent with `key`."
        ),
        ProfileKey(
            "recovery.signedInWithin", "duration",
            "How long ago they may have signed in for that; \(usual.signedInWithin.text) when left out. The tenant's token must have the optional "
                + "claim `auth_time`."),
    ]

    private static let usual = RecoveryConfiguration()
}
