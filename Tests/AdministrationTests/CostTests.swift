// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import Ledger
import Planning
import Settings
import Testing

/// What needs no CA makes none, and compiles nothing: counted, because times prove nothing.
@Suite(.timeLimit(.minutes(5))) struct CostTests {
    @Test func looksAtTheLedgerMakeNoBackendAndCompileNoProfile() async throws {
        let office = try await Office()
        // Whoever applies a configuration has its profiles judged, each once.
        let applied = office.profiles.catalogue.compilations
        #expect(applied.values.sorted() == [1, 1])
        let order = try await office.order("ada", .pending)
        let gateway = try await office.gateway()
        _ = try await OrderAdministration(gateway.ledger, caller: .commandLine("eve")).list(OrderFilter())
        _ = try await OrderAdministration(gateway.ledger, caller: .commandLine("eve")).timeline(order.reference)
        _ = try await CertificateAdministration(gateway.ledger).list(CertificateFilter())
        let people = PersonAdministration(gateway.store)
        for person in try await people.find("ada@example.org").people { _ = try await people.why(person) }
        _ = try await people.list(PersonFilter())
        _ = try await office.configuration.export()
        let templates = TemplateAdministration(gateway.store, gateway.configuration, office.profiles)
        _ = try await templates.preview("smime", user: nil, limit: 10)
        _ = try await gateway.reloaded()
        #expect(gateway.backends.names == ["one", "other"])
        #expect(gateway.backends.makes.isEmpty)
        #expect(ConnectorAdministration(office.profiles).list().profiles.map(\.name) == ["one-ca", "other-ca"])
        #expect(office.profiles.catalogue.compilations == applied)
        // The counters count.
        _ = await BackendCAAdministration(gateway).check("one")
        #expect(gateway.backends.makes == ["one": 1])
        #expect(office.profiles.catalogue.compilations == applied)
    }

    /// A reload hands over what it does not change, and takes up what it does.
    @Test func aReloadMakesOnlyWhatHasChanged() async throws {
        let office = try await Office()
        let gateway = try await office.gateway()
        let administration = BackendCAAdministration(gateway)
        for name in administration.names { _ = await administration.check(name) }
        try await office.apply(office.yaml(one: ", pollEvery: 5s"))
        let reloaded = try await gateway.reloaded()
        for name in administration.names { _ = await BackendCAAdministration(reloaded).check(name) }
        #expect(reloaded.backends.makes == ["one": 2, "other": 1])
        #expect(office.profiles.catalogue.compilations.values.sorted() == [1, 1])
    }
}
