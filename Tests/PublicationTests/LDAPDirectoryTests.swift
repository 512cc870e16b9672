// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Publication
import TestSupport
import Testing

@testable import Settings

/// OpenLDAP's server, read by python3-ldap.
@Suite(.timeLimit(.minutes(3))) struct LDAPDirectoryTests {
    private func directory(
        _ server: TestDirectoryServer, _ folder: TemporaryFolder,
        _ change: (inout LDAPServerConfiguration) -> Void = { _ in }
    ) throws -> LDAPDirectory {
        let secret = try folder.write(TestDirectoryServer.password, to: "password")
        let reference = try #require(SecretReference("file:\(secret)"))
        var configuration = LDAPServerConfiguration(
            url: server.secureURL, tlsRoots: server.roots,
            signIn: .simple(name: TestDirectoryServer.bindName, password: reference), base: TestDirectoryServer.base,
            filter: "(mail={mail})", timeout: .seconds(10))
        change(&configuration)
        return LDAPDirectory(name: "ldap", server: configuration)
    }

    private func kind(_ body: () async throws -> Void) async -> PublicationError.Kind? {
        await #expect(throws: PublicationError.self) { try await body() }?.kind
    }

    private func subject(_ name: String) -> PublicationSubject {
        PublicationSubject(id: name, userPrincipalName: "\(name)@tenant.example", addresses: ["\(name)@example.org"])
    }

    @Test func aWholeLifeInADirectory() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada", "eve"])
        let foreign = try await bench.makeCertificate("foreign")
        let entry = TestDirectoryServer.entry("ada")
        try await server.change(
            """
            dn: \(entry)
            changetype: modify
            add: userCertificate;binary
            userCertificate;binary:: \(Data(foreign).base64EncodedString())

            """)
        func judged() async throws -> Set<String> {
            Set(try await server.read(entry)["userCertificate;binary"] ?? [])
        }
        let (first, second) = (try await bench.makeCertificate("one"), try await bench.makeCertificate("two"))
        let others = Data(foreign).base64EncodedString()
        for way in [server.secureURL, server.plainURL] {
            let directory = try directory(server, bench.folder) { $0.url = way }
            #expect(try await directory.check().contains(way))
            try await directory.write(adding: [first], removing: [], for: subject("ada"), over: [])
            #expect(try await judged() == [others, Data(first).base64EncodedString()])
            #expect(try await Set(directory.read(subject("ada")).values) == [foreign, first])
            // Again, and the exchange by one operation.
            try await directory.write(adding: [first], removing: [], for: subject("ada"), over: [])
            try await directory.write(adding: [second], removing: [first], for: subject("ada"), over: [])
            #expect(try await judged() == [others, Data(second).base64EncodedString()])
            try await directory.write(adding: [], removing: [first, second], for: subject("ada"), over: [])
            #expect(try await judged() == [others])
        }
        #expect(try await server.read(TestDirectoryServer.entry("eve"))["userCertificate;binary"] == nil)

        let directory = try directory(server, bench.folder)
        try await bench.issue("ada", first)
        #expect(try await bench.run(directory).published == 1)
        try await bench.issue("ada", second)
        #expect(try await bench.run(directory).withdrawn == 1)
        #expect(try await judged() == [others, Data(second).base64EncodedString()])
        try await bench.issue("nobody", try await bench.makeCertificate("nobody"))
        let report = try await bench.run(directory)
        #expect(report.failed == 1 && report.problems.first?.contains("no entry") == true)
    }

    /// An address is another one's by then, or the entry has another address: what was put into an entry is taken out of that entry, and
    /// what nobody finds is no success.
    @Test func whatWasPutIntoAnEntryIsTakenOutOfIt() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada", "eve"])
        let directory = try directory(server, bench.folder)
        func setAddress(_ address: String, of person: String) async throws {
            try await server.change(
                """
                dn: \(TestDirectoryServer.entry(person))
                changetype: modify
                replace: mail
                mail: \(address)

                """)
        }
        func held(_ person: String) async throws -> [String] {
            try await server.read(TestDirectoryServer.entry(person))["userCertificate;binary"] ?? []
        }
        func aDayLater() async throws -> PublicationKeeper.Report {
            bench.clock.advance(.seconds(86_500))
            return try await bench.run(directory)
        }
        let der = try await bench.makeCertificate("eve")
        let text = Data(der).base64EncodedString()
        // For a while the entry of somebody else has the address.
        try await setAddress("former@example.org", of: "eve")
        try await setAddress("eve@example.org", of: "ada")
        try await bench.issue("eve", der)
        #expect(try await bench.run(directory).published == 1)
        #expect(try await held("ada") == [text])
        try await setAddress("ada@example.org", of: "ada")
        try await setAddress("eve@example.org", of: "eve")
        _ = try await aDayLater()
        #expect(try await held("ada").isEmpty)
        #expect(try await held("eve") == [text])
        // Nobody finds it any more, as often as it is looked.
        try await setAddress("married@example.org", of: "eve")
        for _ in 0..<2 {
            #expect(try await aDayLater().failed == 1)
            #expect(try await bench.records("ldap").first?.state == .failed)
        }
        #expect(try await held("eve") == [text])
        // And when it is not wanted, it goes from where it stands.
        try await bench.store.want(in: "ldap", of: [])
        bench.clock.advance(.seconds(86_500))
        #expect(try await bench.keeper(directory).run(limit: 10).withdrawn == 1)
        #expect(try await held("eve").isEmpty)
        #expect(try await bench.records("ldap").first?.state == .withdrawn)
    }

    /// An entry that is put elsewhere, out of reach of the filter too, and one that gets another name and another address, are found again.
    @Test func anEntryThatHasMovedIsFoundAgain() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada", "eve"])
        let directory = try directory(server, bench.folder)
        for name in ["ada", "eve"] { try await bench.issue(name, try await bench.makeCertificate(name)) }
        #expect(try await bench.run(directory).published == 2)
        let leavers = "ou=leavers,dc=example,dc=org"
        try await server.change(
            """
            dn: \(leavers)
            changetype: add
            objectClass: organizationalUnit
            ou: leavers

            dn: \(TestDirectoryServer.entry("ada"))
            changetype: moddn
            newrdn: uid=ada
            deleteoldrdn: 1
            newsuperior: \(leavers)

            dn: \(TestDirectoryServer.entry("eve"))
            changetype: moddn
            newrdn: uid=xeve
            deleteoldrdn: 1

            dn: \(TestDirectoryServer.entry("xeve"))
            changetype: modify
            replace: mail
            mail: gone@example.org

            """)
        let places = ["uid=ada,\(leavers)", TestDirectoryServer.entry("xeve")]
        for place in places {
            #expect(try await server.read(place)["userCertificate;binary"]?.count == 1, "\(place)")
        }
        try await bench.store.want(in: "ldap", of: [])
        bench.clock.advance(.seconds(86_500))
        #expect(try await bench.keeper(directory).run(limit: 10).withdrawn == 2)
        for place in places {
            #expect(try await server.read(place)["userCertificate;binary"] == nil, "\(place)")
        }
        // One that was deleted holds nothing.
        try await server.change("dn: \(places[0])\nchangetype: delete\n")
        bench.clock.advance(.seconds(86_500))
        #expect(try await bench.keeper(directory).run(limit: 10).failed == 0)
    }

    /// Two entries with one address: nobody knows which is right, but in which one a revoked certificate stands is known.
    @Test func whatIsNotWantedIsTakenOutOfOneOfSeveral() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada", "eve"])
        let directory = try directory(server, bench.folder)
        try await bench.issue("ada", try await bench.makeCertificate("ada"))
        #expect(try await bench.run(directory).published == 1)
        try await server.change(
            """
            dn: \(TestDirectoryServer.entry("eve"))
            changetype: modify
            replace: mail
            mail: ada@example.org

            """)
        try await bench.store.want(in: "ldap", of: [])
        bench.clock.advance(.seconds(86_500))
        #expect(try await bench.keeper(directory).run(limit: 10).failed == 1)
        #expect(try await server.read(TestDirectoryServer.entry("ada"))["userCertificate;binary"] == nil)
    }

    @Test func signsInByCertificate() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada"])
        let directory = try directory(server, bench.folder) {
            $0.signIn = .certificate(path: server.clientCertificate, key: server.clientKey)
        }
        let der = try await bench.makeCertificate("one")
        try await directory.write(adding: [der], removing: [], for: subject("ada"), over: [])
        #expect(try await directory.read(subject("ada")).values == [der])
    }

    /// What is wrong is named after who must mend it, and no password goes to a server that proves nothing.
    @Test func refusesWhatItCannotTrust() async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada"])
        let other = try await TestDirectoryServer(people: [])
        for way in [server.secureURL, server.plainURL] {
            let untrusted = try directory(server, bench.folder) { ($0.url, $0.tlsRoots) = (way, other.roots) }
            #expect(await kind { _ = try await untrusted.check() } == .configuration)
            // The certificate is for another name.
            let misnamed = try directory(server, bench.folder) {
                $0.url = way.replacing("127.0.0.1", with: "127.0.0.2")
            }
            _ = await #expect(throws: PublicationError.self) { _ = try await misnamed.check() }
        }
        let wrong = try directory(server, bench.folder) {
            guard let path = try? bench.folder.write("another", to: "wrong"),
                let reference = SecretReference("file:\(path)")
            else { return }
            $0.signIn = .simple(name: TestDirectoryServer.bindName, password: reference)
        }
        #expect(await kind { _ = try await wrong.check() } == .permission)
        let anonymous = try directory(server, bench.folder) { $0.signIn = .anonymous }
        _ = await #expect(throws: PublicationError.self) { _ = try await anonymous.read(subject("ada")) }
        let away = try directory(server, bench.folder) { $0.url = "ldaps://127.0.0.1:1" }
        #expect(await kind { _ = try await away.check() } == .transient)
        let misplaced = try directory(server, bench.folder) { $0.base = "dc=elsewhere" }
        #expect(await kind { _ = try await misplaced.check() } == .configuration)
        let broken = try directory(server, bench.folder) { $0.filter = "(mail={mail}" }
        #expect(await kind { _ = try await broken.check() } == .configuration)
        let ambiguous = try directory(server, bench.folder) { $0.filter = "(|(objectClass=*)(mail={mail}))" }
        #expect(await kind { _ = try await ambiguous.read(subject("ada")) } == .configuration)
    }

    /// A server that is stopped takes connections and says nothing, not even to TLS: it is not waited for for ever.
    @Test(.timeLimit(.minutes(1)), arguments: ["ldaps", "ldap"]) func aServerThatSaysNothingIsGivenUp(_ scheme: String)
        async throws
    {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        try #require(isListening)
        let server = LDAPServerConfiguration(
            url: "\(scheme)://127.0.0.1:\(UInt16(bigEndian: address.sin_port))", tlsRoots: nil, signIn: .anonymous,
            base: "dc=example", filter: "(mail={mail})", timeout: .seconds(2))
        let error = await #expect(throws: PublicationError.self) {
            try await LDAPDirectory(name: "silent", server: server).check()
        }
        #expect(
            error?.kind == .transient && error?.message.contains("says nothing") == true, "\(String(describing: error))"
        )
    }

    /// A name is a name, whatever it says in the language of filters.
    @Test(arguments: ["*", "ada@example.org)(|(uid=*", "a\\2a", "ada)(uid=ada", "\0", "ä*ö"])
    func aNameFindsNobodyElse(_ name: String) async throws {
        let bench = try await PublicationBench()
        let server = try await TestDirectoryServer(people: ["ada"])
        let hostile = PublicationSubject(id: name, userPrincipalName: name, addresses: [name])
        for filter in ["(mail={mail})", "(uid={id})", "(cn={userPrincipalName})"] {
            let directory = try directory(server, bench.folder) { $0.filter = filter }
            #expect(await kind { _ = try await directory.read(hostile) } == .noEntry)
        }
    }
}
