// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import TestSupport
import Testing

@testable import ADCSPlugin

@Suite("Orders at Web Enrollment")
struct EnrollmentTests {
    private let server: PageServer
    private let backend: Backend
    private var connector: ADCSConnector { backend.connector }

    init() throws {
        server = try PageServer(now: Backend.now)
        backend = try Backend(server)
    }

    @Test("nothing is submitted through a closed gate; a page that only reads may have been asked for")
    func closedGate() async throws {
        await #expect(throws: ClosedGate.self) { try await connector.enroll(backend.request(), gate: .closed) }
        #expect(server.requests.allSatisfy { $0.method == "GET" })
    }

    @Test("a submission is the form a browser would send, issued within the call, chain above the leaf")
    func issued() async throws {
        let request = try backend.request(validityDays: 90)
        try server.issue("61108", request.csr)
        let outcome = try await connector.enroll(request)
        guard case .issued(let issued) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(issued.order == CAOrder(caRequestID: "61108", identifiers: ["host": "ca.example.test"]))
        #expect(issued.certificateChain.count == 2 && issued.certificateChain[1] == server.generations[1])
        #expect(
            IssuedCertificateCheck(acceptedRoots: [server.root], now: Backend.now).problems(
                of: issued, for: try backend.request()
            ).isEmpty)
        // First a page that only reads, then the submission.
        #expect(server.requests.first?.method == "GET")
        let sent = try #require(server.requests.dropFirst().first)
        #expect(sent.method == "POST" && sent.url == "https://ca.example.test/certsrv/certfnsh.asp")
        #expect(sent.header("Content-Type") == "application/x-www-form-urlencoded")
        let body = String(decoding: sent.body ?? [], as: UTF8.self)
        #expect(!body.contains("+") && !body.contains("\n") && !body.contains("/"))
        #expect(
            server.form.filter { $0.key != "CertRequest" } == [
                "Mode": "newreq", "FriendlyType": "Saved-Request Certificate", "TargetStoreFlags": "0",
                "SaveCert": "yes",
                "ThumbPrint": "",
                "CertAttrib":
                    "CertificateTemplate:GatewayUser\r\nValidityPeriod:Days\r\nValidityPeriodUnits:90\r\nCertwayReference:gw-7f3a\r\n",
            ])
        #expect(try CertificateSigningRequest(pem: server.form["CertRequest"] ?? "") == request.csr)
        #expect(server.requests.allSatisfy { $0.header("User-Agent")?.hasPrefix("Mozilla/5.0 ") == true })
        #expect(server.requests.allSatisfy { $0.authentication != nil && $0.timeout >= .seconds(60) })
    }

    @Test("a certificate of an older CA key gets the chain of that generation")
    func olderGeneration() async throws {
        let request = try backend.request()
        try server.issue("61108", request.csr, generation: 0)
        guard case .issued(let issued) = try await connector.enroll(request) else { throw Surprise() }
        #expect(issued.certificateChain[1] == server.generations[0])
        // The CA's certificates are read once.
        _ = try await connector.poll(issued.order, request: request)
        #expect(server.requests.filter { $0.page == "certnew.p7b" }.count == 2)
    }

    @Test("pending, then asked again: still pending, issued, denied, unknown")
    func pending() async throws {
        let request = try backend.request()
        server.answer { $0.page == "certfnsh.asp" ? try Folder.page("pending") : nil }
        guard case .pending(let pending) = try await connector.enroll(request) else { throw Surprise() }
        #expect(pending.order.caRequestID == "61109" && pending.waitingFor == .approver)
        server.answer { $0.page == "certnew.cer" ? try Folder.page("retrieve-pending") : nil }
        guard case .pending = try await connector.poll(pending.order, request: request) else { throw Surprise() }
        server.answer { $0.page == "certnew.cer" ? try Folder.page("retrieve-denied") : nil }
        guard case .rejected(let rejection) = try await connector.poll(pending.order, request: request) else {
            throw Surprise()
        }
        #expect(rejection.reason.contains("Denied by EXAMPLE\\officer"))
        #expect(rejection.reason.contains("[0x80094014 CERTSRV_E_ADMIN_DENIED_REQUEST]"))
        server.answer { _ in nil }
        await #expect(throws: ConnectorError(.refused, "")) {
            try await connector.poll(pending.order, request: request)
        }
        try server.issue("61109", request.csr)
        guard case .issued = try await connector.poll(pending.order, request: request) else { throw Surprise() }
        #expect(server.requests.last { $0.page == "certnew.cer" }?.url.hasSuffix("?ReqID=61109&Enc=bin") == true)
    }

    @Test(
        "only application/pkix-cert is a certificate",
        arguments: ["application/octet-stream", "text/html", "application/pkix-cert; x=y"])
    func contentType(type: String) async throws {
        let request = try backend.request()
        try server.issue("7", request.csr)
        let der = server.root.der
        server.answer { request in
            request.page == "certnew.cer"
                ? HTTPResponse(status: 200, headers: HTTPHeaders([("Content-Type", type)]), body: der) : nil
        }
        await #expect(throws: ConnectorError(.transient, "")) {
            try await connector.poll(CAOrder(caRequestID: "7"), request: request)
        }
    }

    @Test("a request that a person names is ours by the key of its certificate, and by nothing else")
    func examined() async throws {
        let request = try backend.request()
        try server.issue("7", request.csr)
        let other = try CertificateSigningRequest.make(
            subject: request.names.distinguishedName, alternativeNames: request.names.alternativeNames,
            key: .generate(.p256))
        try server.issue("8", other)
        guard case .found = try await connector.examine(CAOrder(caRequestID: "7"), request: request),
            case .absent = try await connector.examine(CAOrder(caRequestID: "8"), request: request)
        else { throw Surprise() }
        for (number, sentence) in [("x", "no request number"), ("99", "so nothing of 99 can be compared")] {
            let result = try await connector.examine(CAOrder(caRequestID: number), request: request)
            guard case .undecidable(let reason) = result else { throw Surprise() }
            #expect(reason.contains(sentence), "\(reason)")
        }
        #expect(server.requests.allSatisfy { $0.method == "GET" })
    }

    @Test("an issued order whose certificate cannot be fetched yet waits, and is not lost")
    func issuedAndNotFetched() async throws {
        server.answer { request throws(HTTPTransportError) in
            if request.page == "certnew.cer" { throw HTTPTransportError(.notSent, "down") }
            return nil
        }
        guard case .pending(let pending) = try await connector.enroll(backend.request()) else { throw Surprise() }
        #expect(pending.order.caRequestID == "61108" && pending.waitingFor == .certificateAuthority)
        #expect(pending.detail == "down; so the next step failed, and the CA has taken the order")
        // A profile that cannot ask again leaves it to a person, with the number to look for.
        let without = try Backend(server) { $0.replacing("abilities: [poll, renew,", with: "abilities: [renew,") }
        let error = await #expect(throws: ConnectorError.self) {
            try await without.connector.enroll(without.request())
        }
        #expect(error?.kind == .outcomeUnknown && error?.message.hasPrefix("down; so the next step failed, ") == true)
        #expect(error?.message.contains("61108") == true)
    }

    @Test(
        "who must act when it is denied",
        arguments: [
            ("denied", ConnectorError.Kind.configuration), ("de-denied", .configuration), ("unavailable", .transient),
            ("unreadable", nil), ("no-user", nil), ("denied-by-officer", nil), ("fr-denied", nil),
        ])
    func denied(page: String, kind: ConnectorError.Kind?) async throws {
        server.answer { $0.page == "certfnsh.asp" ? try Folder.page(page) : nil }
        let result: EnrollmentOutcome?
        do { result = try await connector.enroll(backend.request()) } catch let error as ConnectorError {
            #expect(error.kind == kind)
            if page == "denied" {
                #expect(error.message.contains("request 61110: ") && error.message.contains("; publish the template"))
            }
            return
        }
        guard case .rejected(let rejection)? = result else { throw Surprise() }
        #expect(kind == nil && !rejection.reason.isEmpty)
        if page == "no-user" { #expect(rejection.order?.caRequestID == "61112") }
    }

    /// A page that denies may be that of another request: the named one is looked at before anything is believed.
    @Test(
        "a page that denies is believed of a request that was denied, whoever must act",
        arguments: ["denied", "no-user", "denied-by-officer"])
    func anotherOnesDenial(page: String) async throws {
        let request = try backend.request()
        let text = try Folder.page(page).text
        let id = try #require(text.firstMatch(of: /Your Request Id is (\d+)/)).output.1
        func enroll() async throws -> EnrollmentOutcome { try await connector.enroll(request) }
        func retrieving(_ answer: String?) {
            server.answer {
                switch $0.page {
                case "certfnsh.asp": try Folder.page(page)
                case "certnew.cer": try answer.map { try Folder.page($0) }
                default: nil
                }
            }
        }
        let other = try CertificateSigningRequest.make(
            subject: request.names.distinguishedName, alternativeNames: request.names.alternativeNames,
            key: .generate(.p256))
        try server.issue(String(id), other)
        for (answer, words) in [
            (nil, "is for another key"), ("retrieve-pending", "waits"), ("portal", "cannot be looked at"),
            ("retrieve-unavailable", "cannot be looked at"),
        ] {
            retrieving(answer)
            let error = await #expect(throws: ConnectorError.self) { try await enroll() }
            #expect(error?.kind == .outcomeUnknown && error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("request \(id) is denied") == true)
        }
        for answer in ["retrieve-denied", "retrieve-none"] {
            retrieving(answer)
            do {
                guard case .rejected = try await enroll() else { throw Surprise() }
            } catch let error as ConnectorError { #expect(error.kind == .configuration, "\(answer)") }
        }
        // The request is ours after all.
        retrieving(nil)
        try server.issue(String(id), request.csr)
        guard case .issued = try await enroll() else { throw Surprise() }
    }

    @Test("what the CA has said to be issued is not ended by a page that denies and says not whom")
    func issuedAndDenied() async throws {
        let request = try backend.request()
        for page in ["retrieve-denied", "retrieve-denied-by-policy"] {
            server.answer {
                $0.page == "certfnsh.asp"
                    ? try Folder.page("issued") : $0.page == "certnew.cer" ? try Folder.page(page) : nil
            }
            guard case .pending(let pending) = try await connector.enroll(request) else { throw Surprise() }
            let id = pending.order.caRequestID
            for _ in 0..<2 {
                let error = await #expect(throws: ConnectorError.self) {
                    try await connector.poll(pending.order, request: request)
                }
                #expect(error?.kind == .transient && error?.message.contains("request \(id) is issued") == true)
            }
            server.answer { _ in nil }
            try server.issue(id, request.csr)
            guard case .issued = try await connector.poll(pending.order, request: request) else { throw Surprise() }
        }
    }

    @Test(
        "what the status says, where no page does: before a submission and after it",
        arguments: [
            (401, ConnectorError.Kind.authentication, ConnectorError.Kind.authentication),
            (429, .throttled, .throttled),
            (403, .configuration, .configuration), (404, .configuration, .configuration), (500, .transient, .transient),
            (503, .transient, .transient), (302, .configuration, .configuration),
        ])
    func status(status: Int, kind: ConnectorError.Kind, ifAbsent: ConnectorError.Kind) async throws {
        // Pages of IIS and of proxies carry codes of Windows, too.
        let page = Array("<html>404 - not here. Error Code 0x80070002</html>".utf8)
        server.answer { _ in
            HTTPResponse(status: status, headers: HTTPHeaders([("Content-Type", "text/html")]), body: page)
        }
        let early = try await #require(throws: ConnectorError.self) {
            _ = try await connector.enroll(backend.request())
        }
        #expect(early.kind == kind && server.requests.allSatisfy { $0.method == "GET" })
        server.answer {
            $0.page == "certfnsh.asp"
                ? HTTPResponse(status: status, headers: HTTPHeaders([("Content-Type", "text/html")]), body: page) : nil
        }
        let late = try await #require(throws: ConnectorError.self) {
            _ = try await connector.enroll(backend.request())
        }
        #expect(late.kind == .outcomeUnknown, "nothing here can be searched, and a proxy speaks HTTP, too")
        #expect(late.ifAbsent == ifAbsent)
    }

    @Test("an answer to the sign-in alone leaves nothing in doubt", arguments: [403, 404, 503])
    func signIn(status: Int) async throws {
        server.answer {
            guard $0.page == "certfnsh.asp" else { return nil }
            var answer = HTTPResponse(status: status)
            answer.isToSignIn = true
            return answer
        }
        let error = try await #require(throws: ConnectorError.self) {
            _ = try await connector.enroll(backend.request())
        }
        #expect(error.kind == (status == 503 ? .transient : .configuration))
    }

    @Test("a code that the sheet does not list refuses nothing unless the page says that it is denied")
    func unlistedCodes() async throws {
        @Sendable func page(_ text: String) -> HTTPResponse {
            HTTPResponse(
                status: 200, headers: HTTPHeaders([("Content-Type", "text/html")]),
                body: Array("<html><p id=locPageTitle>Error</p><p>\(text)</p></html>".utf8))
        }
        let texts = [
            ("Error Number: 0x80010108", false), ("Error Number: 0x80094899", true),
            ("The disposition message is \"Denied by Policy Module 0x80010108, no\".", true),
        ]
        for (text, isRefusal) in texts {
            server.answer { $0.page == "certfnsh.asp" ? page(text) : nil }
            do {
                guard case .rejected = try await connector.enroll(backend.request()), isRefusal else {
                    throw Surprise()
                }
            } catch let error as ConnectorError {
                #expect(error.kind == .outcomeUnknown && !isRefusal, "\(text)")
            }
        }
        server.answer { $0.page == "certnew.cer" ? page("LastStatus: 0x80070005 (WIN32: 5)") : nil }
        await #expect(throws: ConnectorError(.authentication, "")) {
            try await connector.poll(CAOrder(caRequestID: "7"), request: backend.request())
        }
    }

    @Test("a page that is not understood, and an answer that is lost, leave the outcome open")
    func unknown() async throws {
        server.answer { $0.page == "certfnsh.asp" ? try Folder.page("portal") : nil }
        let error = try await #require(throws: ConnectorError.self) {
            _ = try await connector.enroll(backend.request())
        }
        #expect(error.kind == .outcomeUnknown && error.detail?.contains("Session expired") == true)
        for (kind, expected) in [
            (HTTPTransportError.Kind.timeout(sent: true), ConnectorError.Kind.outcomeUnknown),
            (.unknownOutcome, .outcomeUnknown),
            (.timeout(sent: false), .transient), (.notSent, .transient), (.untrusted, .configuration),
            (.notAuthenticated, .authentication),
        ] {
            server.answer {
                if $0.page == "certfnsh.asp" { throw HTTPTransportError(kind, "x") }
                return nil
            }
            let error = try await #require(throws: ConnectorError.self) {
                _ = try await connector.enroll(backend.request())
            }
            #expect(error.kind == expected, "\(kind)")
            #expect(error.hasSurelyNotLeft == [.transient, .configuration].contains(expected), "\(kind)")
        }
    }

    @Test("ordering again after a lost answer is the administrator's word")
    func repeating() throws {
        #expect(connector.repeatsLostOrdersAfter == nil)
        let other = try Backend(server, values: ["resubmitAfterLostAnswer": true])
        #expect(other.connector.repeatsLostOrdersAfter == .seconds(900))
        #expect(!other.connector.common.claims(.findByReference))
    }

    @Test("a number that belongs to another order is no answer; in a submission the host's check sees the certificate")
    func otherKey() async throws {
        let other = try Backend(server)
        try server.issue("61108", other.request().csr)
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await connector.poll(CAOrder(caRequestID: "61108"), request: backend.request())
        }
        guard case .issued(let issued) = try await connector.enroll(backend.request()) else { throw Surprise() }
        let check = IssuedCertificateCheck(acceptedRoots: [server.root], now: Backend.now)
        #expect(
            check.problems(of: issued, for: try backend.request()).map(\.sentence) == [
                "the certificate is for another public key"
            ])
    }

    @Test("a renewal is a new submission")
    func renewal() async throws {
        let request = try backend.request()
        try server.issue("61108", request.csr)
        guard case .issued = try await connector.renew(request, predecessor: CAOrder(caRequestID: "1")) else {
            throw Surprise()
        }
        #expect(server.form["Mode"] == "newreq")
    }

    @Test("attributes of a template are sent, those that name somebody are the template's mistake, and nothing is sent")
    func attributes() async throws {
        let request = try backend.request(options: ["attributes": ["CostCenter": "4711", "Floor": 3]])
        try server.issue("61108", request.csr)
        _ = try await connector.enroll(request)
        #expect(server.form["CertAttrib"]?.hasSuffix("\r\nCostCenter:4711\r\nFloor:3\r\n") == true)
        let count = server.requests.count
        let bad: [JSONValue] = [
            ["SAN": "upn=boss@example.test"], ["RequesterName": "EXAMPLE\\boss"], ["certificateTemplate": "Other"],
            ["A": "x\r\nsan:upn=boss@example.test"], ["A:B": "c"], ["": "c"], ["A": [:]],
        ]
        for attributes in bad {
            let request = try backend.request(options: ["attributes": attributes])
            await #expect(throws: ConnectorError(.configuration, "")) { try await connector.enroll(request) }
        }
        await #expect(throws: ConnectorError(.configuration, "")) {
            try await connector.enroll(backend.request(product: "User\r\nsan:upn=a@b"))
        }
        #expect(server.requests.count == count)
    }

    @Test("a request number of another CA's form is refused without asking")
    func orderIDs() async throws {
        for id in ["", "CACert", "1&x=2", "-1"] {
            await #expect(throws: ConnectorError(.refused, "")) {
                try await connector.poll(CAOrder(caRequestID: id), request: backend.request())
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test("a logon certificate carries account and SID in the request, and only with both it is taken")
    func logon() async throws {
        let names = RequestedNames(
            commonName: "Anna", userPrincipalName: "anna@example.test",
            securityIdentifier: "S-1-5-21-1111111111-2222222222-3333333333-1107")
        let request = try backend.request(purpose: .clientAuthentication, names: names)
        let check = IssuedCertificateCheck(acceptedRoots: [server.root], now: Backend.now)
        func problems(_ change: (inout CertificateBuilder) -> Void) async throws -> [String] {
            try server.issue("61108", request.csr) { builder in
                builder.extendedKeyUsage = [.clientAuthentication]
                builder.keyUsage = .digitalSignature
                change(&builder)
            }
            guard case .issued(let issued) = try await connector.enroll(request) else { throw Surprise() }
            return check.problems(of: issued, for: request).map(\.sentence)
        }
        // A CA copies the names of the request (with the URI that stands for the SID), adds the extension, or does both.
        #expect(try await problems { _ in }.isEmpty)
        #expect(try await problems { $0.securityIdentifier = names.securityIdentifier }.isEmpty)
        #expect(
            try await problems {
                $0.alternativeNames = [.userPrincipalName("anna@example.test")]
                $0.securityIdentifier = names.securityIdentifier
            }.isEmpty)
        #expect(
            try await problems { $0.alternativeNames = [.userPrincipalName("anna@example.test")] }
                == ["security identifier S-1-5-21-1111111111-2222222222-3333333333-1107 is missing"])
        #expect(
            try await problems { $0.securityIdentifier = "S-1-5-21-1-2-3-500" }
                == ["security identifier S-1-5-21-1-2-3-500 was not asked for"])
        #expect(
            try await problems { $0.alternativeNames.removeFirst() } == [
                "user principal name anna@example.test is missing"
            ])
    }

    @Test("the certificate of a Windows CA shows account and SID")
    func vector() throws {
        let certificate = try Certificate(der: Folder.bytes("ms-user-sid.cert.der"))
        let identifier = try #require(certificate.securityIdentifier)
        #expect(identifier.hasPrefix("S-1-5-21-"))
        #expect(certificate.securityIdentifiers == [identifier, identifier])
        #expect(!certificate.userPrincipalNames.isEmpty)
    }
}

/// Another outcome than a test is about.
struct Surprise: Error {}
