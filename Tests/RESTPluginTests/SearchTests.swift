// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Synchronization
import Testing

/// Finding an order whose answer was lost: what proves it, what proves its absence, and what proves nothing.
@Suite struct SearchTests {
    /// A CA with these orders: number, reference and state; pages of `size`.
    private func find(
        _ orders: [(id: Int, reference: String, state: String)], pageSize: Int = 100, broken: Int? = nil
    ) async throws -> (OrderSearchResult, ScriptedClient) {
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            if let list = request.url.range(of: "offset=") {
                let offset = Int(request.url[list.upperBound...].prefix { $0.isNumber }) ?? 0
                let rows = orders.dropFirst(offset).prefix(pageSize).map { #"{"id": \#($0.id)}"# }.joined(
                    separator: ",")
                return HTTPResponse(200, json: #"{"orders": [\#(rows)], "page": {"total": \#(orders.count)}}"#)
            }
            let id = Int(request.url.split(separator: "/").last ?? "") ?? 0
            guard id != broken, let order = orders.first(where: { $0.id == id }) else {
                return HTTPResponse(400, json: "{}")
            }
            return HTTPResponse(
                200,
                json: """
                    {"id": \(id), "status": "\(order.state)", "certificate": {"emails": ["ada@example.org"]},
                     "requests": [{"comments": "\(order.reference)"}]}
                    """)
        }
        let result = try await Backend(digicert: http).connector.find(Example.request())
        return (result, http)
    }

    @Test func theOrderWithTheReferenceIsFound() async throws {
        let (result, _) = try await find([
            (1, "gw-0001", "issued"), (2, "gw-7f3a", "pending"), (3, "gw-7f3a0", "pending"),
        ])
        guard case .found(.pending(let pending)) = result else { throw Unexpected(result) }
        #expect(pending.order.caRequestID == "2")
    }

    @Test func noOrderWithTheReferenceIsAbsence() async throws {
        for orders in [[], [(1, "gw-0001", "issued"), (2, "renews gw-0002", "pending")]] {
            let (result, _) = try await find(orders)
            guard case .absent = result else { throw Unexpected(result) }
        }
    }

    /// The window of a list is made by our clock: one that is wrong proves no absence, and finds what it finds.
    @Test(arguments: [-259_200.0, -4500, 4500, 259_200])
    func aClockThatIsWrongProvesNoAbsence(seconds: Double) async throws {
        func search(_ orders: String, ahead seconds: Double) async throws -> OrderSearchResult {
            let date = Self.date(TestClock().now() + seconds)
            let http = ScriptedClient { request, _ throws(HTTPTransportError) in
                let isList = request.url.contains("offset=")
                let body =
                    isList
                    ? #"{"orders": [\#(orders)], "page": {"total": 0}}"#
                    : #"{"id": 2, "status": "pending", "requests": [{"comments": "gw-7f3a"}]}"#
                return HTTPResponse(status: 200, headers: HTTPHeaders([("Date", date)]), body: Array(body.utf8))
            }
            return try await Backend(digicert: http).connector.find(Example.request())
        }
        let error = await #expect(throws: ConnectorError.self) { try await search("", ahead: seconds) }
        #expect(error?.kind == .transient && error?.message.contains("set the clock") == true)
        guard case .absent = try await search("", ahead: seconds / 1000) else { throw Unexpected("no absence") }
        guard case .found = try await search(#"{"id": 2}"#, ahead: seconds) else { throw Unexpected("not found") }
    }

    /// A cache that leaves the page out of what it keeps answers by: the first page stands for the second, with the right total.
    @Test(arguments: ["digicert-certcentral", "sectigo-scm", "globalsign-atlas", "ssl-com"])
    func aPageThatComesAgainProvesNothing(name: String) async throws {
        let key = try PrivateKey.generate(.p256)
        var builder = CertificateBuilder(
            profile: .smime, subject: [("CN", "Somebody Else")], publicKey: try key.publicKey,
            notBefore: TestClock().now() - 60, notAfter: TestClock().now() + 86_400)
        builder.serialNumber = SerialNumber([0x0A])
        let other = try builder.selfSigned(key: key).pem
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            let url = request.url
            func answer(_ body: String) -> HTTPResponse {
                HTTPResponse(
                    200, json: body, headers: [("Date", Self.date()), ("X-Total-Count", "2"), ("Total-Count", "2")])
            }
            if url.hasSuffix("/login") { return answer(#"{"access_token": "t"}"#) }
            if url.hasSuffix("/trustchain") { return answer("[]") }
            if url.contains("offset=") { return answer(#"{"orders": [{"id": 2}], "page": {"total": 2}}"#) }
            if url.contains("/order/certificate/2") {
                return answer(
                    #"{"id": 2, "status": "issued", "requests": [{"comments": "gw-0001"}], "certificate": {"emails": ["ada@example.org"]}}"#
                )
            }
            if url.contains("/stats/issued") { return answer(#"[{"serial_number": "0A", "not_before": 1799999900}]"#) }
            if url.hasSuffix("/certificates/0A") {
                return answer((["certificate": .string(other), "status": "ISSUED"] as JSONValue).text)
            }
            return answer(
                #"""
                [{"id": 2, "backendCertId": "2", "comments": "gw-0001", "ref": "co-2", "external_order_number": "gw-0001",
                  "order_date": "2027-01-15", "certificateDetails": {"subjectAltNames": "ada@example.org"}}]
                """#)
        }
        var request = try Example.request()
        request.submittedAt = TestClock().now()
        let connector =
            try FixtureFolder.all().first { $0.name == name }?.backend(http).connector
            ?? Backend(digicert: http).connector
        do {
            let result = try await connector.find(request)
            // A list that goes on until a page is empty does so for ever.
            guard case .undecidable = result, name == "ssl-com" else { throw Unexpected(result) }
        } catch let error as ConnectorError {
            #expect(error.kind == .transient && error.message.contains("has a row twice"), "\(error)")
        }
    }

    /// What somebody on the way has kept was made before the question, perhaps before the order.
    @Test(arguments: ["1", "86400"]) func aListThatWasKeptProvesNothing(age: String) async throws {
        func search(_ headers: [(name: String, value: String)]) async throws -> OrderSearchResult {
            let list = HTTPResponse(200, json: #"{"page": {"total": 0}}"#, headers: headers)
            return try await Backend(digicert: ScriptedClient(list)).connector.find(Example.request())
        }
        guard case .undecidable(let reason) = try await search([("Age", age), ("Date", Self.date())]) else {
            throw Unexpected("absent")
        }
        #expect(reason.contains("kept by somebody on the way"))
        guard case .absent = try await search([("Age", "0"), ("Date", Self.date())]) else { throw Unexpected("kept") }
    }

    /// Without the CA's own time there is this machine's clock alone: a list that is asked for by time proves nothing, and in one that
    /// is not, nothing is too old to be ours.
    @Test func withoutTheTimeOfTheCAOurClockProvesNothing() async throws {
        for name in ["ssl-com", "globalsign-atlas"] {
            let folder = try #require(try FixtureFolder.all().first { $0.name == name })
            func search(_ headers: [(name: String, value: String)]) async throws -> OrderSearchResult {
                let http = ScriptedClient { request, _ throws(HTTPTransportError) in
                    if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "t"}"#) }
                    return HTTPResponse(200, json: "[]", headers: headers + [("Total-Count", "0")])
                }
                return try await folder.backend(http).connector.find(folder.request())
            }
            guard case .undecidable(let reason) = try await search([]) else { throw Unexpected("\(name): absent") }
            #expect(reason.contains("header Date"))
            guard case .absent = try await search([("Date", Self.date())]) else {
                throw Unexpected("\(name): no absence")
            }
        }
        // The address asks; an order without our reference is younger than a clock that may be wrong.
        func digicert(_ headers: [(name: String, value: String)]) async throws -> OrderSearchResult {
            let http = ScriptedClient { request, _ throws(HTTPTransportError) in
                HTTPResponse(
                    200,
                    json: request.url.contains("offset=")
                        ? #"{"orders": [{"id": 2}], "page": {"total": 1}}"#
                        : """
                        {"id": 2, "status": "pending", "certificate": {"emails": ["ada@example.org"]}, "requests": [],
                         "date_created": "2026-12-01T00:00:00+00:00"}
                        """, headers: headers)
            }
            var request = try Example.request()
            request.submittedAt = TestClock().now()
            return try await Backend(digicert: http).connector.find(request)
        }
        guard case .undecidable = try await digicert([]) else { throw Unexpected("believed our clock") }
        guard case .absent = try await digicert([("Date", Self.date())]) else { throw Unexpected("no absence") }
    }

    @Test func allPagesAreRead() async throws {
        let others = (1...5).map { ($0, "gw-\($0)", "issued") }
        let (result, http) = try await find(others + [(6, "gw-7f3a", "processing")], pageSize: 2)
        guard case .found = result else { throw Unexpected(result) }
        #expect(http.requests.filter { $0.url.contains("offset=") }.count == 3)
    }

    @Test func aLivingOrderCountsBeforeAnEndedOne() async throws {
        let (result, _) = try await find([(1, "gw-7f3a", "canceled"), (2, "gw-7f3a", "pending")])
        guard case .found(.pending) = result else { throw Unexpected(result) }
        let (ended, _) = try await find([(1, "gw-7f3a", "canceled"), (2, "gw-other", "pending")])
        guard case .found(.rejected(let rejection)) = ended else { throw Unexpected(ended) }
        #expect(rejection.kind == .cancelled)
    }

    @Test func whatCannotBeReadProvesNothing() async throws {
        let (result, _) = try await find([(1, "gw-0001", "issued"), (2, "gw-7f3a", "pending")], broken: 2)
        guard case .undecidable(let why) = result else { throw Unexpected(result) }
        #expect(why.contains("order 2"))
        let many = (1...250).map { ($0, "gw-\($0)", "issued") }
        let (tooMany, http) = try await find(many)
        guard case .undecidable = tooMany else { throw Unexpected(tooMany) }
        #expect(http.requests.count < 210)
    }

    /// The list names an order, and reading it tells nothing: another page, half an order, a reference that came late.
    @Test(arguments: [
        "<html>please log in</html>", "{}", "null", "", #"{"errors": [{"code": "x"}]}"#,
        #"{"id": 2, "status": "pending"}"#,
        #"{"id": 2, "status": "pending", "requests": []}"#, #"{"id": 2, "status": "pending", "requests": [{}]}"#,
        #"{"id": 2, "status": "pending", "requests": [{"comments": null}]}"#,
        #"{"status": "pending", "requests": [{"comments": "gw-0001"}]}"#,
    ])
    func halfAnAnswerIsNoOtherOrder(body: String) async throws {
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            request.url.contains("offset=")
                ? HTTPResponse(200, json: #"{"orders": [{"id": 2}], "page": {"total": 1}}"#)
                : HTTPResponse(status: 200, headers: HTTPHeaders([]), body: Array(body.utf8))
        }
        do {
            let result = try await Backend(digicert: http).connector.find(Example.request())
            guard case .undecidable = result else { throw Unexpected(result) }
        } catch let error as ConnectorError {
            #expect(error.kind == .transient, "\(error)")
        }
        #expect(http.requests.count > 1)
    }

    /// A list that breaks off, and rows in which nobody can read whose they are.
    @Test(arguments: [
        ("sectigo-scm", "[]", "1"), ("sectigo-scm", #"[{"backendCertId": "7", "comments": null}]"#, "1"),
        ("sectigo-scm", #"[{"backendCertId": "7"}, {"backendCertId": "8", "comments": "other"}]"#, "2"),
        ("ssl-com", #"[{"ref": "7", "external_order_number": null}]"#, "1"),
        ("ssl-com", #"[{"ref": "7"}, {"ref": "8", "external_order_number": "other"}]"#, "2"),
        ("globalsign-atlas", "[]", "1"),
        ("globalsign-atlas", #"[{"serial_number": "0A"}]"#, "1"),
    ])
    func aListThatBreaksOffIsNoAbsence(name: String, rows: String, total: String) async throws {
        let folder = try #require(try FixtureFolder.all().first { $0.name == name })
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "t"}"#) }
            if request.url.hasSuffix("/trustchain") { return HTTPResponse(200, json: "[]") }
            // A certificate that was refused has no key to compare.
            if request.url.hasSuffix("/certificates/0A") { return HTTPResponse(422, json: "{}") }
            return HTTPResponse(200, json: rows, headers: [("X-Total-Count", total), ("Total-Count", total)])
        }
        let result = try await folder.backend(http).connector.find(folder.request())
        guard case .undecidable = result else { throw Unexpected(result) }
    }

    /// What a CA shows in the place of our reference, where an order was placed a moment ago: nothing of it is a "no".
    @Test(
        arguments: ["digicert-certcentral", "sectigo-scm", "ssl-com"],
        [
            "", " ", "-", "undefined", "gw-7", "gw-7f3", "ordered by hand", "GW-7F3A", "for gw-7f3a",
        ])
    func aReferenceThatIsNotWholeIsNoOtherOne(name: String, text: String) async throws {
        let result = try await search(name, showing: text)
        let isOurs = text.lowercased().contains("gw-7f3a")
        switch result {
        case .found: #expect(isOurs)
        case .undecidable: #expect(!isOurs)
        case .absent: Issue.record("\(name) takes \"\(text)\" for another order, and orders again")
        }
    }

    /// What had ended, or was made, before ours left is another order, whatever it says.
    @Test(arguments: ["digicert-certcentral", "sectigo-scm", "ssl-com"]) func whatIsOlderIsAnother(name: String)
        async throws
    {
        for (text, year) in [("", "2001"), ("gw-0001", "2099")] {
            guard case .absent = try await search(name, showing: text, from: year) else {
                throw Unexpected("\(name): \(text) of \(year) may be ours")
            }
        }
    }

    /// Whole lists of another question, as a proxy or a cache gives them who mixes answers up: rows of another person, or of another
    /// time than was asked for.
    @Test(arguments: [
        ("digicert-certcentral", "2099"), ("digicert-certcentral", "2001"), ("sectigo-scm", "2099"),
        ("sectigo-scm", "2001"),
        ("ssl-com", "2001"),
    ])
    func aListOfAnotherQuestionProvesNothing(name: String, year: String) async throws {
        for address in ["grace@example.org", "rada@example.org", "ada@example.org.example", "nobody"] {
            guard case .undecidable = try await search(name, showing: "gw-0001", from: year, of: address) else {
                throw Unexpected("\(name) takes the list of \(address) for its own")
            }
        }
        guard case .absent = try await search(name, showing: "gw-0001", of: "ADA@Example.org") else {
            throw Unexpected("\(name) does not know its own list")
        }
    }

    private static let address = "ada@example.org"

    private static func date(_ moment: Date = TestClock().now()) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: moment)
    }

    private func search(
        _ name: String, showing text: String, from year: String = "2099", of address: String = Self.address
    ) async throws -> OrderSearchResult {
        let date = "\(year)-05-21T00:00:00Z"
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            let url = request.url
            if url.contains("offset=") {
                return HTTPResponse(200, json: #"{"orders": [{"id": 2}], "page": {"total": 1}}"#)
            }
            if url.contains("/order/certificate/2") {
                return HTTPResponse(
                    200,
                    json: """
                        {"id": 2, "status": "pending", "date_created": "\(date)", "requests": [{"comments": "\(text)"}],
                         "certificate": {"common_name": "Somebody", "emails": ["\(address)"]}}
                        """, headers: [("Date", Self.date())])
            }
            if url.contains("/collect/") { return HTTPResponse(400, json: #"{"code": -183}"#) }
            if url.contains("/certificate/co-2") {
                return HTTPResponse(200, json: #"{"ref": "co-2", "order_status": "validating"}"#)
            }
            if url.contains("/certificates"), !url.contains("page=1&"), !url.hasSuffix("page=1") {
                return HTTPResponse(200, json: "[]", headers: [("Date", Self.date())])
            }
            let row =
                name == "ssl-com"
                ? #""ref": "co-2", "external_order_number": "\#(text)", "order_date": "\#(date)""#
                : #"""
                "backendCertId": "2", "comments": "\#(text)", "state": "requested", "expires": "\#(date)",
                "certificateDetails": {"subject": "CN=Somebody, E=\#(address)"}
                """#
            let later =
                name == "ssl-com" && address == Self.address
                ? #", {"ref": "co-3", "external_order_number": "gw-0002", "order_date": "2099-01-01"}"# : ""
            return HTTPResponse(
                200, json: "[{\(row)}\(later)]", headers: [("X-Total-Count", "1"), ("Date", Self.date())])
        }
        if let folder = try FixtureFolder.all().first(where: { $0.name == name }) {
            var request = try folder.request()
            request.submittedAt = TestClock().now()
            return try await folder.backend(http).connector.find(request)
        }
        var request = try Example.request()
        request.submittedAt = TestClock().now()
        return try await Backend(digicert: http).connector.find(request)
    }

    @Test func aServerThatFailsIsNoProof() async throws {
        let backend = try Backend(digicert: ScriptedClient(HTTPResponse(503)))
        await #expect(throws: ConnectorError(.transient, "")) { try await backend.connector.find(Example.request()) }
        let html = try Backend(digicert: ScriptedClient(HTTPResponse(200, text: "<html>login</html>")))
        await #expect(throws: ConnectorError(.transient, "")) { try await html.connector.find(Example.request()) }
    }

    /// A CA without our reference: certificates are compared by key, each read once, and again only where reading failed.
    @Test func aCertificateIsLookedAtOnce() async throws {
        let folder = try #require(try FixtureFolder.all().first { $0.name == "globalsign-atlas" })
        let key = try PrivateKey.generate(.p256)
        var builder = CertificateBuilder(
            profile: .smime, subject: [("CN", "Somebody Else")], publicKey: try key.publicKey,
            notBefore: TestClock().now() - 60, notAfter: TestClock().now() + 86_400)
        builder.serialNumber = SerialNumber([0x0A])
        let other = try builder.selfSigned(key: key).pem
        let failures = Mutex(2)
        // CAs date certificates back.
        let began = Mutex("\(1_799_999_900 - 3600)")
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "t"}"#) }
            if request.url.hasSuffix("/trustchain") {
                return HTTPResponse(200, json: "[]", headers: [("Date", Self.date())])
            }
            if request.url.contains("/stats/issued") {
                return HTTPResponse(
                    200, json: #"[{"serial_number": "0A", "not_before": \#(began.withLock(\.self))}]"#,
                    headers: [("Total-Count", "1"), ("Date", Self.date())])
            }
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            let body: JSONValue = ["certificate": .string(other), "status": "ISSUED"]
            return fails ? HTTPResponse(503) : HTTPResponse(200, json: body.text, headers: [("Date", Self.date())])
        }
        let connector = try folder.backend(http).connector
        for _ in 0..<2 {
            guard case .absent = try await connector.find(folder.request()) else { throw Unexpected("found") }
        }
        #expect(http.requests.filter { $0.url.hasSuffix("/certificates/0A") }.count == 3)
        // Of another time than was asked for.
        for other in ["1799000000", "0", "null", #""2026-01-01""#] {
            began.withLock { $0 = other }
            guard case .undecidable = try await connector.find(folder.request()) else { throw Unexpected(other) }
        }
    }

    /// The beginning of a certificate is chosen when the order is made up, minutes before a tight limit lets it leave; and CAs date back.
    @Test(arguments: [0, 90, 3600, 86_400, 1_799_999_900]) func whenACertificateBeginsSaysNothing(earlier: Int)
        async throws
    {
        let folder = try #require(try FixtureFolder.all().first { $0.name == "globalsign-atlas" })
        let leaf = try Folder.certificate("leaf")
        let chain = JSONValue.array([.string(try Folder.certificate("ca").pem)]).text
        let http = ScriptedClient { request, _ throws(HTTPTransportError) in
            if request.url.hasSuffix("/login") { return HTTPResponse(200, json: #"{"access_token": "t"}"#) }
            if request.url.hasSuffix("/trustchain") { return HTTPResponse(200, json: chain) }
            let row = #"[{"serial_number": "\#(leaf.serialNumber.hex)", "not_before": \#(1_799_999_900 - earlier)}]"#
            if request.url.contains("/stats/issued") {
                return HTTPResponse(200, json: row, headers: [("Total-Count", "1")])
            }
            let answer: JSONValue = ["certificate": .string(leaf.pem), "status": "ISSUED"]
            return HTTPResponse(200, json: answer.text)
        }
        guard case .found(.issued) = try await folder.backend(http).connector.find(folder.request()) else {
            throw Unexpected("bought again")
        }
    }

    @Test func aListWithoutItsLengthIsNoProof() async throws {
        let backend = try Backend(digicert: ScriptedClient(HTTPResponse(200, json: #"{"orders": []}"#)))
        await #expect(throws: ConnectorError(.transient, "")) { try await backend.connector.find(Example.request()) }
    }

    @Test func absenceIsSureAfterComesFromSettingsThenProfile() throws {
        #expect(try Backend(digicert: ScriptedClient(HTTPResponse(200))).connector.absenceIsSureAfter == .seconds(900))
        #expect(
            try Backend(profile: smallProfile(), ScriptedClient(HTTPResponse(200))).connector.absenceIsSureAfter
                == .seconds(900))
    }
}
