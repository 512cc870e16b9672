// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization
import Testing

@testable import Rules

/// What mail domains say of CAs: records, the way up, memory.
@Suite struct CAATests {
    /// Answers by name, and notes who was asked for.
    private final class Zone: CAAResolver {
        let answers: [String: CAAAnswer]
        private let asked = Mutex<[String]>([])
        var names: [String] { asked.withLock { $0 } }
        init(_ answers: [String: CAAAnswer]) { self.answers = answers }

        func records(of name: String, within limit: Int) -> CAAAnswer {
            asked.withLock { $0.append(name) }
            return answers[name] ?? .records([])
        }
    }

    private static func mail(_ value: String) -> CAAAnswer { .records([CAARecord(tag: "issuemail", value: value)]) }

    @Test func theNearestRecordsCount() async {
        let zone = Zone(["example.org": Self.mail("one.example"), "org": Self.mail("two.example")])
        let found = await CAALookup(zone).look(["mail.dept.example.org"])
        #expect(zone.names == ["mail.dept.example.org", "dept.example.org", "example.org"])
        #expect(found.map(\.issuers) == [["one.example"]] && found[0].holder == "example.org")
        let none = Zone([:])
        #expect(await CAALookup(none).look(["example.org"]).map(\.state) == [.none])
        #expect(none.names == ["example.org", "org"])
    }

    /// `issue` is for other certificates; parameters are the CA's business; ";" is nobody.
    @Test func recordsAreRead() {
        let records = [
            CAARecord(tag: "issue", value: "web.example"),
            CAARecord(tag: "IssueMail", value: " CA.Example ; account=1"),
            CAARecord(tag: "issuemail", value: ";"),
        ]
        let found = CAAFinding(domain: "d", holder: "d", records: records)
        #expect(found.issuers == ["ca.example", ""])
        #expect(CAAFinding(domain: "d", holder: "d", records: [records[0]]).issuers == nil)
        #expect(CAAFinding(domain: "d", holder: "d", records: [records[2]]).issuers == [""], "nobody is not everybody")
        let critical = CAARecord(isCritical: true, tag: "odd", value: "")
        #expect(CAAFinding(domain: "d", holder: "d", records: [critical]).criticalTag == "odd")
        #expect(
            CAAFinding(domain: "d", holder: "d", records: [CAARecord(isCritical: true, tag: "issue", value: "")])
                .criticalTag == nil)
    }

    @Test func dataIsReadOctetByOctet() {
        #expect(
            CAARecord(data: [0x80, 5] + Array("issueca.example".utf8))
                == CAARecord(isCritical: true, tag: "issue", value: "ca.example"))
        #expect(CAARecord(data: [0, 9] + Array("issuemail;".utf8)) == CAARecord(tag: "issuemail", value: ";"))
        for data: [UInt8] in [[], [0], [0, 0, 65], [0, 9, 65], [0, 1, 0x2D]] { #expect(CAARecord(data: data) == nil) }
    }

    /// Each domain is asked about once an hour, an unknown one once a minute.
    @Test func answersAreKept() async {
        let clock = StandingClock()
        let zone = Zone(["example.org": Self.mail("one.example"), "lost.org": .unknown])
        let lookup = CAALookup(zone, clock: clock)
        await lookup.look(["example.org", "lost.org"])
        await lookup.look(["example.org", "lost.org"])
        #expect(zone.names.sorted() == ["example.org", "lost.org"])
        clock.advance(61)
        #expect(await lookup.look(["example.org", "lost.org"]).map(\.state) == [.found, .unknown])
        #expect(
            zone.names.filter { $0 == "lost.org" }.count == 2 && zone.names.filter { $0 == "example.org" }.count == 1)
        clock.advance(3600)
        await lookup.look(["example.org"])
        #expect(zone.names.filter { $0 == "example.org" }.count == 2)
    }

    /// Where the resolver is away nobody waits for it domain by domain.
    @Test func aResolverThatIsAwayIsNotWaitedFor() async {
        let domains = (0..<40).map { "d\($0).org" }
        let zone = Zone(Dictionary(uniqueKeysWithValues: domains.map { ($0, .unknown) }))
        let found = await CAALookup(zone, clock: StandingClock()).look(domains)
        #expect(found.count == 40 && found.allSatisfy { $0.state == .unknown })
        #expect(zone.names.count < 16)
    }

    @Test func reservedNamesAreNotAskedFor() async {
        let zone = Zone([:])
        let found = await CAALookup(zone).look(["mail.example", "a.test", "b.invalid"])
        #expect(zone.names == [] && found.allSatisfy { $0.state == .none } && found.count == 3)
    }

    @Test func domainsOfAddressesAreEachOnce() {
        #expect(CAALookup.domains(of: ["a@X.org", "b@x.org", "c@y.org"]) == ["x.org", "y.org"])
    }

    /// A message as a name server sends it: an alias, the record behind it, and one of another type.
    @Test func messagesAreReadByTheLibrary() {
        let question: [UInt8] = [1, 97, 0] + [1, 1, 0, 1]
        let alias: [UInt8] = [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 3, 1, 98, 0]
        let record: [UInt8] = [1, 98, 0, 1, 1, 0, 1, 0, 0, 0, 60, 0, 13, 0, 9] + Array("issuemail;;".utf8)
        let message: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0] + question + alias + record
        #expect(SystemCAAResolver.read(message) == .records([CAARecord(tag: "issuemail", value: ";;")]))
        #expect(SystemCAAResolver.read(Array(message.dropLast(2))) == .unknown)
        // A record without a tag, whatever stands beside it: it may be the one that forbids.
        let unreadable: [UInt8] = [1, 98, 0, 1, 1, 0, 1, 0, 0, 0, 60, 0, 2, 0, 0]
        var both = message + unreadable
        both[7] = 3
        #expect(SystemCAAResolver.read(both) == .unknown)
        #expect(SystemCAAResolver.read([0, 1, 0x81]) == .unknown)
        #expect(SystemCAAResolver.read([0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0] + question) == .records([]))
    }
}

/// A clock that stands still until it is told to move.
private final class StandingClock: ConnectorClock {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    func now() -> Date { time.withLock { $0 } }
    func uptime() -> Duration { .zero }
    func sleep(for duration: Duration) async throws {}
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}
