// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Settings
import Testing
import YAMLDocuments

@testable import AdminAPI
@testable import Sentences

/// The sentences of the gateway in another language (decision 0054).
@Suite struct SentenceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let german = root.appending(path: "sentences.d").path

    /// The files whose texts people read in the console and on the pages beside it.
    private static let files = [
        "AdminAPI/APIProblem+Errors.swift", "AdminAPI/APIServer.swift", "AdminAPI/APIServer+Access.swift",
        "AdminAPI/APIServer+Repeats.swift", "AdminAPI/APIServer+Versions.swift", "AdminAPI/CallReader.swift",
        "AdminAPI/EventHub.swift", "AdminAPI/APIProblem+Exports.swift", "AdminAPI/SignIn/GatewayAuthenticator.swift",
        "AdminAPI/SignIn/SessionGrants.swift",
        "AdminAPI/SignIn/SignInDesk.swift", "AdminAPI/SignIn/SignInDoor.swift",
        "AdminAPI/SignIn/SignInDoor+Leaving.swift", "AdminAPI/SignIn/SignInDoor+Tenant.swift",
        "SignIn/RoleRefusal.swift", "SignIn/TokenRefusal.swift", "SignIn/RoleGrants.swift", "SignIn/JSONWebToken.swift",
        "Administration/Access/AccessDenied.swift", "Administration/Access/Obstacle.swift",
        "Administration/Access/Actions/CertificateRecord+Rights.swift",
        "Administration/Access/Actions/CertificateRights.swift",
        "Administration/Access/Actions/ConfiguredActions.swift", "Administration/Access/Actions/IncidentActions.swift",
        "Administration/Access/Actions/OrderActions.swift", "Administration/Access/Actions/PlanActions.swift",
        "Administration/Orders/WaitingGroup.swift", "Administration/Orders/WaitingOrder.swift",
        "Administration/Orders/OrderDeadline.swift", "Administration/People/PersonAccount.swift",
        "Administration/People/PersonAnswer.swift", "Administration/Health/ReadinessWatch.swift",
        "Administration/Overview/OverviewAdministration.swift", "Administration/Overview/IssuanceState.swift",
        "Administration/SetUp/SetUpStep.swift", "Administration/SetUp/SetUpAdministration.swift",
        "DeliveryProof/LastMileRule.swift", "Administration/Delivery/DeliveryText.swift",
        "Planning/EnrollmentRules.swift", "Planning/Eligibility.swift", "Planning/EndedOrderRule.swift",
        "Planning/PlanLimits.swift", "Planning/PlanSummary.swift", "Planning/CertificateConcern.swift",
        "Planning/LifeRule.swift", "Planning/PurchasePace.swift", "Ledger/LedgerError.swift",
        "Ledger/Order+Decisions.swift",
        "Ledger/CertificateAction+Decisions.swift", "Ledger/OrderLedger+Operator.swift",
        "Administration/HandOver/HandOverAdministration.swift",
        "Administration/HandOver/HandOverAdministration+Mail.swift", "Notification/Sending/MailedKeyRule.swift",
        "Administration/Plans/PlanAdministration+Decisions.swift",
        "Administration/Recoveries/RecoveryAdministration.swift", "Administration/Jobs/JobAdministration.swift",
        "Administration/Certificates/ManyCertificates.swift", "Administration/Certificates/RevocationOutlook.swift",
        "Administration/Drift/DriftMender.swift",
        "Administration/Mailboxes/MailboxAdministration.swift", "Administration/Adoption/AdoptionRule.swift",
        "Administration/Adoption/AdoptionStrangers.swift", "Publication/Exchange/ExchangeDirectory.swift",
        "Publication/LDAP/LDAPDirectory.swift", "Publication/PublicationKeeper.swift",
    ]

    /// For the log alone.
    private static let logged: Set<String> = [
        "a sign-in was refused: 7", "a sign-in failed: 7", "sign-in failed: 7", "the tenant has ended a session",
        "the API cannot answer 7: 7",
        // Each ability, and each thing that comes on a day, has a sentence of its own.
        "7 cannot 7", "7: 7; 7 on 7", "7: 7; 7, on 7",
    ]

    private static func book(_ text: String) throws -> SentenceBook {
        try SentenceBook(YAMLNode.parse(text, file: "test.yaml"))
    }

    private static func standing() throws -> SentenceBook {
        let path = "\(german)/de.yaml"
        return try book(String(contentsOfFile: path, encoding: .utf8))
    }

    @Test(arguments: files) func everySentenceHasGerman(_ file: String) throws {
        let source = try String(contentsOf: Self.root.appending(path: "Sources/\(file)"), encoding: .utf8)
        let sentences = SourceSentences(source).sentences.subtracting(Self.logged)
        #expect(!SourceSentences(source).literals.isEmpty)
        let book = try Self.standing()
        for sentence in sentences.sorted() {
            // What stands for a value is nobody's sentence.
            let unknown = book.unknown(in: sentence, isPart: true).filter {
                $0.contains(" ") && $0.contains { $0.isLetter }
            }
            #expect(unknown.isEmpty, "sentences.d/de.yaml lacks: \(sentence) \(unknown)")
        }
    }

    /// What stands beside a setting in the console.
    @Test func theHelpOfEverySettingHasGerman() throws {
        let book = try Self.standing()
        for help in Set(ConfigurationKeys.all.map(\.help)).sorted() where !help.isEmpty {
            #expect(book.unknown(in: help).isEmpty, "sentences.d/de.yaml lacks: \(help)")
        }
    }

    /// What the form of a backend CA asks for.
    @Test func theSettingsOfEveryConnectorHaveGerman() throws {
        let book = try Self.standing()
        let folder = Self.root.appending(path: "connectors.d")
        let profiles = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
        #expect(!profiles.isEmpty)
        for profile in profiles {
            let text = try String(contentsOf: profile, encoding: .utf8)
            let settings = try YAMLNode.parse(text, file: profile.path).json["settings"]?.object ?? [:]
            for words in settings.values.flatMap({ [$0["title"]?.string, $0["help"]?.string].compactMap(\.self) }) {
                #expect(book.unknown(in: words).isEmpty, "sentences.d/de.yaml lacks: \(words)")
            }
        }
    }

    /// Whoever writes what a sentence quotes decides on its commas.
    @Test(arguments: [", ", " or ", " on ", "; ", "a, b or c on d; "])
    func othersTextIsNotTakenApartForEver(_ joint: String) throws {
        let book = try Self.standing()
        for count in [10, 40, 700] {
            let text = "the CA answered: " + Array(repeating: "word", count: count).joined(separator: joint)
            #expect(book.effort(for: text) <= 220)
            #expect(book.said(text).contains("word"))
        }
    }

    @Test func whatIsTooLongForASentenceIsLeftAsItIs() throws {
        let book = try Self.standing()
        let known = "the CA answered: "
        for text in [
            known + String(repeating: "a or b, c on d ", count: 9), known + String(repeating: ", or on", count: 280),
        ] {
            #expect((1...220).contains(book.effort(for: text)))
        }
        let long = known + String(repeating: ", or on", count: 14_000)
        #expect(book.effort(for: long) == 0)
        #expect(book.said(long) == long)
    }

    @Test func valuesAreKeptAndSentencesInsideAreSaid() throws {
        let book = try Self.book(
            #"""
            "order {order} has not ended, it is {stage*}": "Auftrag {order} ist nicht beendet, er ist {stage*}"
            "…pending": "wartend"
            "{one*}; {other*}": "{one*}; {other*}"
            "the CA answered {status#}: {words~}": "die CA antwortete {status#}: «{words}»"
            "…{one*} or {other*}": "{one*} oder {other*}"
            """#)
        #expect(
            book.said("order cw-1 has not ended, it is pending") == "Auftrag cw-1 ist nicht beendet, er ist wartend")
        // A stage that has no word yet stays as it is; what a CA says is quoted and never said by halves.
        #expect(book.said("order cw-1 has not ended, it is odd") == "Auftrag cw-1 ist nicht beendet, er ist odd")
        #expect(
            book.said("the CA answered 502: now or never; the CA answered 500: it is pending")
                == "die CA antwortete 502: «now or never; the CA answered 500: it is pending»")
        #expect(book.said("the CA answered nothing: at all") == "the CA answered nothing: at all")
        #expect(book.said("pending") == "pending")
        #expect(book.said("now or never") == "now or never")
        // A place in the middle ends with its part of the sentence.
        #expect(
            book.said("order cw-1: it waits; the order cw-2 has not ended, it is pending")
                == "order cw-1: it waits; the order cw-2 has not ended, it is pending")
        #expect(book.unknown(in: "order cw-1 has not ended, it is odd") == ["odd"])
    }

    @Test(arguments: [
        (#""{a}{b} x": "y""#, "is no sentence"), (#""{a} or {a}": "y""#, "is no sentence"),
        (#""{a": "y""#, "is no sentence"), (#""{a}": "y""#, "is no sentence"),
        (#""one {a}": "eins {b}""#, "no other places"), ("- x", "expected a mapping"),
    ]) func mistakesAreNamed(_ text: String, _ expected: String) throws {
        let error = #expect(throws: Diagnostics.self) { try Self.book(text) }
        #expect(error.map { "\($0)".contains(expected) } == true)
    }

    @Test(arguments: [
        ("de", "de"), ("de-CH", "de"), ("en, de", "en"), ("fr, de;q=0.5, en;q=0.4", "de"), ("de;q=0, en;q=0.1", "en"),
        ("*", "en"), ("", "en"), ("de;q=0.8,en;q=0.9", "en"), (",;=,de", "de"),
    ]) func readersChoose(_ header: String, _ language: String) throws {
        #expect(try SentenceBooks.read(folders: [Self.german]).reader(header).language == language)
    }

    @Test func onlyMembersThatHoldSentencesAreSaid() throws {
        let reader = try SentenceBooks.read(folders: [Self.german]).reader("de")
        let answer: JSONValue = [
            "displayName": "left the group", "reason": "left the group",
            "actions": [["name": "revoke", "reason": "repeat its order"]], "why": ["the account is disabled"],
            "status": "active", "texts": ["en": ["text": "left the group"]],
        ]
        let expected: JSONValue = [
            "displayName": "left the group", "reason": "hat die Gruppe verlassen",
            "actions": [["name": "revoke", "reason": "seinen Auftrag wiederholen"]],
            "why": ["das Konto ist deaktiviert"], "status": "active", "texts": ["en": ["text": "left the group"]],
        ]
        #expect(reader.said(answer) == expected)
        #expect(SentenceBooks.Reader.english.said(answer) == answer)
    }

    @Test func problemsAndPagesAreToldInTheReadersLanguage() throws {
        let reader = try SentenceBooks.read(folders: [Self.german]).reader("de-AT")
        guard
            case .response(_, let headers, let body) = APIProblem.notFound("nothing is at this address").answer(
                for: reader)
        else {
            Issue.record("no answer")
            return
        }
        let problem = try JSONValue(parsing: String(decoding: body, as: UTF8.self))
        #expect(problem["title"]?.string == "Unter dieser Adresse gibt es nichts.")
        #expect(problem["code"]?.string == "notFound")
        #expect(
            headers.contains { $0 == ("Content-Language", "de") }
                && headers.contains { $0 == ("Vary", "Accept-Language") })
        let page = SignInPage(
            status: 403, title: "You have no role here", sentences: ["The tenant says: <b>no</b> (access_denied)."])
        guard case .response(_, _, let text) = page.answer(for: reader) else { return }
        let html = String(decoding: text, as: UTF8.self)
        #expect(html.contains("<html lang=\"de\">") && html.contains("<h1>Sie haben hier keine Rolle</h1>"))
        #expect(
            html.contains("Der Tenant sagt: «&lt;b&gt;no&lt;/b&gt; (access_denied).»")
                && html.contains("Erneut anmelden"))
    }
}
