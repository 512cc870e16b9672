// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import TestSupport
import Testing
import ThrowAwayServers

@testable import StoreODBC

/// Servers and databases that will not do are refused before anything is asked of them.
@Suite(.timeLimit(.minutes(5))) struct ServerRequirementTests {
    @Test(
        arguments: [
            ("10.5.27-MariaDB", ServerAddress.Family.mysql, false), ("10.6.0-MariaDB-log", .mysql, true),
            ("11.4.2-MariaDB", .mysql, true), ("5.7.44", .mysql, false), ("8.0.16", .mysql, false),
            ("8.0.17-azure", .mysql, true),
            ("9.1.0", .mysql, true), ("11.22 (Debian 11.22-1)", .postgresql, false), ("12.0", .postgresql, true),
            ("17devel", .postgresql, true), ("12.0.6024.0", .sqlserver, false), ("13.0.1601.5", .sqlserver, true),
        ]) func oldVersionsAreRefused(_ version: String, _ family: ServerAddress.Family, _ isGood: Bool)
    {
        let address = ServerAddress(family: family, host: "h", database: "d", user: "u")
        var refusal: StoreError?
        do throws(StoreError) { try ServerRequirement.requireVersion(version, at: address) } catch { refusal = error }
        #expect((refusal == nil) == isGood, "\(refusal as Any)")
        if let refusal { #expect(refusal.code == .unsuitable && refusal.message.contains(version), "\(refusal)") }
    }

    @Test func aDatabaseThatLacksLettersIsRefused() async throws {
        let place = try await TestPlace(.postgresql)
        let name = "\(place.address.database)_latin"
        try await place.server.sql(
            "CREATE DATABASE \(name) OWNER \(place.address.user) ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
        var other = place
        other.address.database = name
        let error = await failure { _ = try await other.open() }
        #expect(error?.code == .unsuitable && error?.message.contains("ENCODING 'UTF8'") == true, "\(error as Any)")
    }
}
