// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Ledger
@testable import Store

/// Lists page by page, and things found by what people type.
@Suite struct ListTests {
    private let temporary: TemporaryLedger
    private var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    private func order(_ name: String, template: String = "smime") async throws -> Order {
        try await ledger.plan(.sample(name, template: template))
    }

    /// Every order once, whatever it is sorted by, although new ones come in between.
    @Test(arguments: ["number", "number:desc", "user", "user:desc", "template", "stage:desc", "since", "ca"])
    func everyPageFollowsOnTheOneBefore(_ sort: String) async throws {
        var made: Set<Int64> = []
        for number in 0..<11 {
            made.insert(try await self.order("person\(number % 4)", template: "t\(number)").id)
        }
        let order = try #require(ListSort(text: sort))
        #expect(order.text == sort)
        var request = ListRequest(sort: order, limit: 3)
        var (seen, shown): ([Order], Int) = ([], 0)
        while true {
            let page = try await ledger.orders(OrderFilter(), request)
            #expect(page.matches.count >= 11 && page.skipped == shown)
            shown += page.items.count
            seen += page.items.filter { made.contains($0.id) }
            guard let next = page.next else { break }
            let cursor = try #require(ListCursor(next.text))
            #expect(cursor == next)
            request = ListRequest(after: cursor, limit: 3)
            try #require(seen.count < 12)
            if shown == 3 { _ = try await self.order("aaa", template: "new") }
            if shown >= 9 { request.limit = .max }
        }
        #expect(seen.count == 11 && Set(seen.map(\.id)) == made)
        let keys = seen.map { [$0.userPrincipalName, $0.template, $0.stage.rawValue] }
        if sort == "user" { #expect(keys.map { $0[0] } == keys.map { $0[0] }.sorted()) }
        if sort == "template" { #expect(keys.map { $0[1] } == keys.map { $0[1] }.sorted()) }
        if sort == "number:desc" { #expect(seen.map(\.id) == seen.map(\.id).sorted(by: >)) }
    }

    /// Those of several stages are asked for stage by stage, and come in one order.
    @Test(arguments: ["number", "number:desc", "since:desc", "user"])
    func severalStagesAreOneList(_ sort: String) async throws {
        let stages: [OrderStage] = [.keyed, .submitted, .pending, .active]
        for number in 0..<14 {
            let claim = try await temporary.claimed("person\(number % 5)", template: "t\(number)")
            try await ledger.record(claim, OrderChange("moved", "on").stage(stages[number % 4]))
        }
        let order = try #require(ListSort(text: sort))
        let wanted: Set<OrderStage> = [.keyed, .pending, .submitted]
        let all = try await ledger.orders(OrderFilter(), ListRequest(sort: order, limit: .max)).items
        let expected = all.filter { wanted.contains($0.stage) }.map(\.id)
        #expect(expected.count == 11)
        var request = ListRequest(sort: order, limit: 4, countingTo: 9)
        var seen: [Int64] = []
        repeat {
            let page = try await ledger.orders(OrderFilter(stages: wanted), request)
            #expect(page.matches == ListMatches(page.next == nil ? 11 : 9, exact: false), "counted as far as asked")
            seen += page.items.map(\.id)
            guard let next = page.next else { break }
            request = ListRequest(after: next, limit: 4)
        } while seen.count < 12
        #expect(seen == expected)
    }

    private func found(_ word: String) async throws -> [Int64] {
        let listed = try await ledger.orders(OrderFilter(text: word), ListRequest(limit: 5)).items.map(\.id)
        #expect(try await ledger.orders(OrderFilter(text: word)).map(\.id) == listed)
        let certificates = try await ledger.certificates(CertificateFilter(text: word), ListRequest(limit: 5)).items
        #expect(certificates.map(\.orderID) == listed)
        return listed
    }

    /// Engines fold what is beyond ASCII in ways of their own, or not at all.
    @Test func whatIsTypedIsFoundWhateverItsCase() async throws {
        for (number, name) in ["ÄRGER.Straße.Νίκος", "Plain"].enumerated() {
            let claim = try await temporary.claimed(name)
            var certificate = NewCertificate.sample(number)
            certificate.emailAddresses = ["\(name)@example.test"]
            try await ledger.record(claim, OrderChange("active", "done").stage(.active).certificate(certificate))
        }
        let words = [
            "ärger", "ÄRGER", "A\u{308}rger", "strasse", "STRASSE", "straße", "νίκοσ", "ΝΊΚΟΣ", "Νίκος@EXAMPLE",
        ]
        func check() async throws {
            for word in words { #expect(try await found(word) == [1], "\(word)") }
            #expect(try await found("plaIN") == [2])
            #expect(try await found("arger").isEmpty)
            for name in ["ärger.strasse.νίκος@example.test", "Ärger.Straße.ΝΊΚΟΣ@EXAMPLE.TEST"] {
                let person = try await ledger.subscribers(matching: name)
                #expect(person.map(\.subscriberID) == ["ÄRGER.Straße.Νίκος"])
            }
        }
        try await check()
        // As an older program has left them.
        for table in ["orders", "certificates"] {
            try await temporary.database.write { _ = try $0.execute("UPDATE \(table) SET search_name = NULL") }
        }
        try await temporary.database.write { _ = try $0.execute("UPDATE certificates SET search_addresses = NULL") }
        #expect(try await found("plaIN") == [2])
        let fill = try #require(OrderLedger.searchMigration.fill)
        var last: Int64? = 0
        while let done = last { last = try await temporary.database.write { try fill($0, done) } }
        try await check()
        #expect(last == nil)
    }

    @Test func anOrderOrPageThatAListDoesNotHaveIsRefused() async throws {
        for name in ["ada", "bob"] { _ = try await order(name) }
        await #expect(throws: ListError.unknownKey("colour", known: OrderLedger.orderSorting.keys)) {
            try await ledger.orders(OrderFilter(), ListRequest(sort: ListSort("colour")))
        }
        let foreign = try #require(ListCursor("user,1,2,=ada,5,6"))
        await #expect(throws: ListError.otherList) {
            try await ledger.orders(OrderFilter(), ListRequest(after: foreign))
        }
        for text in [
            "", "user", "user,1,2", "user,x,2,5", "user,1,-,5", "user,1,2,=%4", "user,1,2,=%FF", "user:up,1,2,5",
        ] {
            #expect(ListCursor(text) == nil, "\(text)")
        }
    }

    @Test func cursorsCarryAnyTextThroughAShell() throws {
        for text in ["", "a,b", "it's \"$HOME\" & more; `x`|y", "Jörg\n", "%41", "12", "=", "~"] {
            let cursor = ListCursor(
                sort: ListSort("user", isDescending: true), shown: 1, matches: ListMatches(2, exact: text.isEmpty),
                values: [.text(text), .integer(-7)])
            #expect(ListCursor(cursor.text) == cursor)
            #expect(cursor.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ",:=%-._@".contains($0)) })
        }
    }

    @Test func anOrderIsFoundByTheBeginningOfItsReference() async throws {
        let (ada, bob) = (try await order("ada"), try await order("bob"))
        let shared = zip(ada.reference, bob.reference).prefix { $0 == $1 }.count
        for word in [
            ada.reference, String(ada.reference.prefix(max(shared + 1, 7))), ada.reference.uppercased(),
            ada.reference.prefix(max(shared + 1, 12)) + "…", "\(ada.id)",
        ] {
            #expect(try await ledger.order(meantBy: word).id == ada.id, "\(word)")
        }
        for word in ["cw-", "cw-a", "", "nobody", "cw-%%%%", "999"] {
            await #expect(throws: LedgerError.self, "\(word)") { try await ledger.order(meantBy: word) }
        }
    }

    /// As people copy numbers from browsers, openssl, Windows and tickets.
    @Test func aSerialNumberIsFoundHoweverItIsTyped() async throws {
        let serials = ["0C0FFEE123456789", "0C0FFEE1AA", "7F00"]
        for (number, serial) in serials.enumerated() {
            var new = NewCertificate.sample(number)
            new.serialNumber = serial
            new.sha256Fingerprint = String(repeating: "\(number)b", count: 32)
            new.sha1Fingerprint = String(repeating: "\(number)c", count: 20)
            let claim = try await temporary.claimed("person\(number)")
            try await ledger.record(claim, OrderChange("issued", "here").stage(.issued).certificate(new))
        }
        for word in [
            "0C0FFEE123456789", "0c:0f:fe:e1:23:45:67:89", "0x0c0ffee123456789", "0XC0FFEE123456789", "C0FFEE123456789",
            "00 00 0C 0F FE E1 23 45 67 89", "000c0ffee123456789", "0c0ffee12", "C0FFEE12", "0C0FFEE12345…",
            String(repeating: "0b", count: 32), String(repeating: "0B:", count: 31) + "0B",
            String(repeating: "0c", count: 20), String(repeating: "0b", count: 4),
        ] {
            #expect(try await ledger.certificate(meantBy: word).serialNumber == serials[0], "\(word)")
            guard word.count > 12, !word.hasSuffix("…") else { continue }
            let filter = CertificateFilter(text: word)
            #expect(try await ledger.certificates(filter).map(\.serialNumber) == [serials[0]], "\(word)")
        }
        let error = await #expect(throws: LedgerError.self) { try await ledger.certificate(meantBy: "0c0f") }
        #expect(
            ["0C0FFEE123456789 (smime, active)", "0C0FFEE1AA (smime, active)"].allSatisfy {
                error?.description.contains($0) == true
            }, "\(String(describing: error))")
        #expect(try await ledger.certificate(meantBy: "person2@").serialNumber == "7F00")
        for word in ["", "0x", ":", "7F01", "%", "_"] {
            await #expect(throws: LedgerError.self, "\(word)") { try await ledger.certificate(meantBy: word) }
        }
    }
}
