// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import Directory

/// What a row of a mailbox's permissions gives or denies.
@Suite struct MailboxPermissionRowTests {
    private func row(_ members: [String: JSONValue]) -> MailboxPermissionRow? {
        let usual: [String: JSONValue] = ["User": "ada@example.test", "AccessRights": ["FullAccess"]]
        return MailboxPermissionRow(
            .object(usual.merging(members) { _, new in new }), name: "User", right: "FullAccess", means: .fullAccess)
    }

    /// Only what plainly allows hands out a key.
    @Test(
        arguments: [
            (nil, false), (JSONValue.null, false), (false, false), ("False", false), (true, true), ("True", true),
            ("yes", true),
            (1, true),
        ] as [(JSONValue?, Bool)]) func denialsAreReadStrictly(_ deny: JSONValue?, _ isDenied: Bool)
    {
        #expect(row(deny.map { ["Deny": $0] } ?? [:])?.isDenied == isDenied)
    }

    @Test(arguments: [("Allow", false), ("allow", false), ("Deny", true), ("Audit", true)])
    func soAreKindsOfAccess(_ kind: String, _ isDenied: Bool) {
        #expect(row(["AccessControlType": .string(kind)])?.isDenied == isDenied)
    }

    @Test(arguments: [true, "True"] as [JSONValue]) func inheritedRowsSayNothing(_ value: JSONValue) {
        #expect(row(["IsInherited": value]) == nil)
    }
}
