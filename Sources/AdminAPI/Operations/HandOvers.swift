// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import HandOver
import JSONDocuments

extension APIOperation {
    /// Certificates with their keys for devices that nobody manages.
    static let handOvers = [
        APIOperation(
            "offerHandOver", .post, "/certificates/{number}/hand-overs", tag: "Certificates",
            "Offer a person their certificate with its key for another device, once; the person is told",
            permission: .redeliver, parameters: [.number("number", "of the ledger")],
            body: .body(.handOverDevice), answer: .json(.handOver)
        ) { call in
            let offer = try await HandOverAdministration(call.gateway, call.caller).offer(
                try await call.certificate, for: call.handOverDevice, isDryRun: call.isDryRun)
            return .json(offer?.json ?? ["dryRun": true, "link": nil, "package": nil])
        },
        APIOperation(
            "listHandOvers", .get, "/certificates/{number}/hand-overs", tag: "Certificates",
            "Files that are, or were, handed over of a certificate, newest first", permission: .readCertificates,
            parameters: [.number("number", "of the ledger")], answer: .list(of: .handedOver)
        ) { call in
            let offers = try await HandOverAdministration(call.gateway, call.caller).offers(
                of: try await call.certificate)
            return try call.whole(offers.map { $0.json(at: call.now) })
        },
        APIOperation(
            "mailHandOver", .post, "/certificates/{number}/hand-over-mails", tag: "Certificates",
            "Mail a person their certificate with its key, and the password to the mailbox of handOver.byMail",
            permission: .redeliver, parameters: [.number("number", "of the ledger")],
            body: .body(.handOverDevice),
            answer: .json(.answer(.isDryRun, APIField("package", .nullable(.handedOver))))
        ) { call in
            let made = try await HandOverAdministration(call.gateway, call.caller).mail(
                try await call.certificate, for: call.handOverDevice, isDryRun: call.isDryRun)
            return .json(["dryRun": .bool(call.isDryRun), "package": made?.json(at: call.now) ?? .null])
        },
        APIOperation(
            "withdrawHandOver", .post, "/hand-overs/{id}/withdrawals", tag: "Certificates",
            "Take back a file that was not fetched or has not left, with its password", permission: .redeliver,
            parameters: [.number("id", "of the package")], body: .body(.because), answer: .json(.handedOver)
        ) { call in
            let package = try await HandOverAdministration(call.gateway, call.caller).withdraw(
                call.pathNumber("id"), because: try call.sentence(), isDryRun: call.isDryRun)
            return .json(package.json(at: call.now))
        },
        APIOperation(
            "offerOwnHandOver", .post, "/my/hand-overs", tag: "My",
            "My certificate with its key for another device, after a sign-in that is new: a link that works once",
            permission: .recoverOwn, body: .body(APIField("number", .count, "of the certificate"), .handOverDevice),
            answer: .json(.handOver)
        ) { call in
            let offer = try await HandOverAdministration(call.gateway, call.caller).offerOwn(
                Int64(call.body?["number"]?.int ?? -1), for: call.handOverDevice,
                authenticatedAt: call.authentication?.authenticatedAt, isDryRun: call.isDryRun)
            return .json(offer?.json ?? ["dryRun": true, "link": nil, "package": nil])
        },
        APIOperation(
            "listOwnHandOvers", .get, "/my/hand-overs", tag: "My",
            "Files and passwords that are, or were, ready for me",
            permission: .readOwn, answer: .json(.answer(APIField("items", .list(.package))))
        ) { call in
            let packages = try await HandOverAdministration(call.gateway, call.caller).ownPackages()
            return .json(["items": .array(packages.map { $0.json(at: call.now) })])
        },
        APIOperation(
            "fetchHandOver", .post, "/my/packages", tag: "My", "The file of a link, once", permission: .recoverOwn,
            body: .body(APIField("token", .text(length: 1...100), "what stands behind #package= in the link")),
            answer: .json(
                .answer(
                    APIField("fileName", .string), APIField("mediaType", .string), APIField("hints", .packageHints),
                    APIField("content", .string, "Base64")))
        ) { call in
            guard !call.isDryRun else { throw APIProblem.onlyOnce }
            let (content, package) = try await HandOverAdministration(call.gateway, call.caller).fetch(
                token: call.body?["token"]?.string ?? "")
            return .json([
                "fileName": .string(package.fileName), "mediaType": .string(package.mediaType),
                "hints": package.hints,
                "content": .string(content.withBytes { Data($0) }.base64EncodedString()),
            ])
        },
        APIOperation(
            "fetchHandOverPassword", .post, "/my/hand-overs/{id}/password", tag: "My",
            "The password of a file, once", permission: .recoverOwn,
            parameters: [.number("id", "of the password's package, as GET /my/hand-overs lists it")],
            answer: .json(.recoveryPassword)
        ) { call in
            guard !call.isDryRun else { throw APIProblem.onlyOnce }
            let password = try await HandOverAdministration(call.gateway, call.caller).password(call.pathNumber("id"))
            return .json(["password": .string(password.revealed)])
        },
    ]
}

extension APIField {
    fileprivate static let handOverDevice = APIField(
        "device", .word(HandOverDevice.allCases.map(\.rawValue)), "what it is for: which files it opens")
}

extension APICall {
    /// The schema lets no other word through.
    fileprivate var handOverDevice: HandOverDevice {
        body?["device"]?.string.flatMap(HandOverDevice.init) ?? .windows
    }
}

extension APISchema {
    private static let packageFields = [
        APIField("id", .string), APIField("purpose", .word(OneTimePackage.Purpose.allCases.map(\.rawValue))),
        APIField("about", .string), APIField("recipient", .string), APIField("fileName", .string),
        APIField("hints", .packageHints), APIField("offeredBy", .string), APIField("offeredAt", .time),
        APIField("expiresAt", .time), APIField("needsSignIn", .boolean),
        APIField("state", .word(["open"] + OneTimePackage.Ending.allCases.map(\.rawValue))),
        APIField("wrongAttempts", .count), APIField("endedAt", .nullable(.time)),
        APIField("endedBy", .nullable(.string)),
    ]

    static let package = APISchema.named("Package", .object(packageFields, isClosed: false))

    static let handedOver = APISchema.named(
        "HandedOver",
        .object(
            packageFields + [
                APIField(
                    "mails",
                    .list(
                        .answer(
                            APIField("id", .string), APIField("event", .string), APIField("state", .string),
                            APIField("address", .nullable(.string)), APIField("changedAt", .time),
                            APIField("detail", .nullable(.string)))),
                    "of the file and of its password, where it is mailed")
            ], isClosed: false))

    static let handOver = APISchema.named(
        "HandOver",
        .answer(
            .isDryRun, APIField("link", .nullable(.string), "good once, for the recipient signed in"),
            APIField("package", .nullable(.package))))
}
