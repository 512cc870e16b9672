// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Settings

extension APIOperation {
    private static let text = APISchema.text(length: 1...400)
    private static let name = APIParameter.path("name", "name of the template")
    private static let when = APIField(
        "when", .word(CASwitch.Pace.allCases.map(\.rawValue)),
        "renewal: each with its renewal; now: all as far as limits go")
    private static let overlap = APIField(
        "overlapDays", .integer(0...3650), "former certificates go on beside the new one", optional: true)
    private static let offline = APIField("offline", .boolean, "ask no CA what it offers", optional: true)

    /// Taking templates to another CA, and back.
    static let templateChanges = [
        APIOperation(
            "switchCA", .post, "/templates/{name}/ca-switches", tag: "Templates",
            "Take a template to another CA or product, or back: dryRun says what that means", permission: .configure,
            parameters: [name],
            body: .oneOf([
                .body(
                    APIField("to", text, "name of the backend CA"), when,
                    APIField("product", text, optional: true),
                    APIField("set", .map(.any), "further members of the template that change with it", optional: true),
                    APIField("from", .moment, "when it begins; at once when left out", optional: true), overlap,
                    offline,
                    APIField(
                        "acceptRefused", .boolean, "also where half of the people cannot get a certificate there",
                        optional: true)),
                .body(
                    APIField(
                        "back", .boolean, "true: to where it was before its switch; one that is to come is taken back"),
                    when, overlap, offline),
            ]),
            answer: .json(.switchReport), repeats: .keyRequired
        ) { call in
            if call.body?["to"] == nil {
                guard call.bodyFlag("back") else {
                    throw APIProblem.invalid([APIFault("/back", "found false, expected true, or to with a CA")], 422)
                }
                return try call.answer(
                    try await call.switches.back(
                        call.path("name"), pace: call.pace, overlapDays: call.bodyInt("overlapDays"),
                        isOffline: call.bodyFlag("offline"), isDryRun: call.isDryRun))
            }
            let request = CASwitchRequest(
                template: call.path("name"), backendCA: call.body?["to"]?.string ?? "",
                product: call.body?["product"]?.string, members: call.body?["set"]?.object ?? [:],
                pace: call.pace, from: call.bodyMoment("from"), overlapDays: call.bodyInt("overlapDays"),
                isOffline: call.bodyFlag("offline"), acceptsRefusals: call.bodyFlag("acceptRefused"))
            return try call.answer(try await call.switches.begin(request, isDryRun: call.isDryRun))
        },
        APIOperation(
            "previewNames", .post, "/template-previews", tag: "Templates",
            "The names a template makes for people, as the directory was last read", permission: .readTemplates,
            body: .body(
                APIField("template", text),
                APIField(
                    "people", .list(text, count: 1...20), "user principal names; members of the group when left out",
                    optional: true),
                APIField("limit", .integer(1...200), "members at most; 5 when left out", optional: true)),
            answer: .json(
                .answer(
                    APIField(
                        "items",
                        .list(
                            .answer(
                                APIField("userPrincipalName", .string), APIField("names", .names),
                                APIField("remarks", .list(.string)), APIField("obstacle", .nullable(.string)))))))
        ) { call in
            let template = call.body?["template"]?.string ?? ""
            let people = call.body?["people"]?.array?.compactMap(\.string)
            var previews: [NamePreview] = []
            for person in people.map({ $0.map(Optional.init) }) ?? [nil] {
                previews += try await call.templates.preview(template, user: person, limit: call.bodyInt("limit") ?? 5)
            }
            return .json(["items": .array(previews.map(\.json))])
        },
    ]
}

extension APICall {
    fileprivate var switches: CASwitchAdministration { CASwitchAdministration(gateway, caller: caller) }
    fileprivate var pace: CASwitch.Pace { body?["when"]?.string.flatMap(CASwitch.Pace.init) ?? .renewal }

    /// - Throws: `APIProblem` 409 with what stands against it, unless somebody only looks ahead.
    fileprivate func answer(_ report: CASwitchReport) throws -> APIAnswer {
        guard report.state == .refused, !isDryRun else { return .json(report.json) }
        throw APIProblem(
            409, .notPossible, "This cannot be done as things are.", report.obstacles.joined(separator: "; "),
            nextStep: "Look ahead with dryRun, and mend what it names.",
            errors: report.obstacles.map { APIFault("", $0) })
    }
}

extension APISchema {
    static let switchReport = APISchema.named(
        "SwitchReport",
        .object(
            caSwitchFields + [
                APIField("template", .string),
                APIField("state", .word(CASwitchReport.State.allCases.map(\.rawValue))),
                APIField(
                    "differences",
                    .list(
                        .answer(APIField("topic", .string), APIField("former", .string), APIField("next", .string)))),
                APIField(
                    "rules", .answer(APIField("begin", countedRules), APIField("end", countedRules)),
                    "those that begin to count, and those that count no more"),
                APIField("people", .nullable(.switchForecast), "null while the directory has not been read"),
                APIField(
                    "orders",
                    .answer(
                        APIField("now", .count), APIField("later", .count),
                        APIField("allowedWithoutConsent", .count), APIField("costsNow", .moneySum))),
                APIField("trust", .list(.string)), APIField("obstacles", .list(.string)),
                APIField("warnings", .list(.string)), APIField("section", .string, "as YAML"),
            ], isClosed: false))

    private static let countedRules = APISchema.list(
        .answer(APIField("id", .string), APIField("severity", .string), APIField("finding", .string)))

    /// Whom a switch hits.
    private static let switchForecast = APISchema.named(
        "SwitchForecast",
        .answer(
            APIField("members", .count), APIField("inUse", .count), APIField("there", .count),
            APIField("replaceable", .count), APIField("firstOrders", .count), APIField("refused", .somePeople),
            APIField("ownProducts", .somePeople), APIField("leftOut", .count), APIField("underWay", .somePeople),
            APIField("unsent", .somePeople),
            APIField("renewals", .map(.count), "by month"), APIField("namesLost", .map(.count), "by kind of name"),
            APIField("domains", .map(.count)), APIField("warnings", .map(.count))))
}
