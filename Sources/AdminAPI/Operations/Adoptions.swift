// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    private static let name = APISchema.text(length: 1...400)

    /// Moving in.
    static let adoptions = [
        APIOperation(
            "adoptCertificates", .post, "/adoptions", tag: "Certificates",
            "Take over certificates that another product has ordered, so that nobody gets a second one; orders nothing. Reads the "
                + "directory, the lists of the CAs, and what Intune holds; look with dryRun=true first",
            permission: .placeOrder,
            body: .body(
                APIField(
                    "backendCAs", .list(name, count: 0...100), "read the lists of these backend CAs", optional: true),
                APIField("certificates", .text(length: 0...900_000), "certificates in PEM", optional: true),
                APIField(
                    "templates", .list(name, count: 0...100), "only for these; all that are switched on when left out",
                    optional: true),
                APIField(
                    "expect", .count, "as many as you have seen would be adopted; with others nothing is done",
                    optional: true)),
            answer: .json(.adoption), repeats: .keyRequired
        ) { call in
            func words(_ member: String) -> [String] { (call.body?[member]?.array ?? []).compactMap(\.string) }
            var wish = AdoptAdministration.Wish()
            wish.backendCAs = words("backendCAs")
            wish.templates = words("templates")
            wish.pem = call.body?["certificates"]?.string ?? ""
            let administration = AdoptAdministration(call.gateway, caller: call.caller)
            let report = try await administration.look(wish)
            guard !call.isDryRun else { return .json(report.json(most: AdoptAdministration.most)) }
            return .json(
                try await administration.adopt(report, expected: call.bodyInt("expect")).json(
                    most: AdoptAdministration.most))
        }
    ]
}

extension APISchema {
    fileprivate static let adoption = APISchema.named(
        "Adoption",
        .answer(
            .isDryRun, APIField("found", .count), APIField("adopted", .count),
            APIField("toBeReplaced", .count, "of those adopted, by the next plan"), APIField("left", .count),
            APIField(
                "toOrder",
                .list(
                    .answer(
                        APIField("template", .string), APIField("before", .nullable(.count)),
                        APIField("after", .nullable(.count)))),
                "for how many people the next plan orders; null where a template could not be looked at"),
            APIField(
                "certificates",
                .list(
                    .answer(
                        APIField("serialNumber", .string), APIField("issuer", .string), APIField("subject", .string),
                        APIField("emails", .list(.string)), APIField("sha256Fingerprint", .string),
                        APIField("validFrom", .time), APIField("validTo", .time), APIField("foundIn", .string),
                        APIField("outcome", .word(Administration.Adoption.Outcome.allCases.map(\.rawValue))),
                        APIField("userPrincipalName", .nullable(.string)), APIField("template", .nullable(.string)),
                        APIField("reason", .string), APIField("inIntune", .boolean),
                        APIField("order", .nullable(.string)))),
                "\(AdoptAdministration.most) at most, those that are taken over first"),
            APIField("problems", .list(.string))))
}
