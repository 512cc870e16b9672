// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import HTTPServing
import JSONDocuments
public import Sentences

/// Why a request is not answered as it was meant (RFC 9457), with who must act and how.
public struct APIProblem: Error, Sendable, Hashable {
    public var status: Int
    public var code: ProblemCode
    /// What happened, in one sentence that does not change from case to case.
    public var title: String
    /// What happened here.
    public var detail: String
    /// Who must act: `caller`, `administrator`, `operator`, `ca`, `nobody` when it goes away by itself.
    public var actor: String
    public var nextStep: String?
    /// Seconds.
    public var retryAfter: Int?
    public var errors: [APIFault]
    /// Further headers of the answer.
    public var headers: [String: String]
    /// For support: the same stands in the log.
    public let id: String

    public init(
        _ status: Int, _ code: ProblemCode, _ title: String, _ detail: String = "", actor: String = "caller",
        nextStep: String? = nil, retryAfter: Int? = nil, errors: [APIFault] = [], headers: [String: String] = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.actor = actor
        self.nextStep = nextStep
        self.retryAfter = retryAfter
        self.errors = errors
        self.headers = headers
        id = UUID().uuidString.lowercased()
    }

    public var json: JSONValue {
        [
            "type": .string(code.address), "title": .string(title), "status": JSONValue(status),
            "detail": .string(detail.isEmpty ? title : detail), "code": .string(code.rawValue), "actor": .string(actor),
            "nextStep": JSONValue(nextStep), "retryAfter": retryAfter.map { JSONValue($0) } ?? .null,
            "id": .string(id), "errors": .array(errors.map(\.json)),
        ]
    }

    /// - Parameter reader: in whose language it is told.
    public func answer(for reader: SentenceBooks.Reader) -> ServerAnswer {
        var all = headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        if let retryAfter { all.append(("Retry-After", "\(retryAfter)")) }
        all.append(("Content-Type", "application/problem+json"))
        all += reader.headers
        return .response(status: status, headers: all, body: Array(reader.said(json).text.utf8))
    }

    static let schema = APISchema.named(
        "Problem",
        .answer(
            APIField("type", .string), APIField("title", .string), APIField("status", .integer(400...599)),
            APIField("detail", .string),
            APIField("code", .word(ProblemCode.allCases.map(\.rawValue)), "one word for programs"),
            APIField("actor", .word(["caller", "administrator", "operator", "ca", "nobody"]), "who must act"),
            APIField("nextStep", .nullable(.string)),
            APIField("retryAfter", .nullable(.count), "seconds"), APIField("id", .string, "for support"),
            APIField("errors", .list(.answer(APIField("pointer", .string), APIField("detail", .string))))))
}

extension APIProblem {
    public static func notFound(_ detail: String) -> APIProblem {
        APIProblem(
            404, .notFound, "There is nothing at this address.", detail,
            nextStep: "Look at the list for what there is.")
    }
    /// What was given cannot be used; all faults at once.
    public static func invalid(_ errors: [APIFault], _ status: Int = 400) -> APIProblem {
        APIProblem(
            status, .invalid, "The request is not as it must be.",
            errors.map { $0.pointer.isEmpty ? $0.detail : "\($0.pointer): \($0.detail)" }.joined(separator: "; "),
            nextStep: "Mend what errors names, and ask again.", errors: errors)
    }
    /// The caller has seen another version.
    ///
    /// - Parameter present: the version that there is.
    static func changed(_ present: String) -> APIProblem {
        APIProblem(
            412, .changed, "Somebody has changed it meanwhile.", "the version is \"\(present)\" now",
            nextStep: "Read it again, and decide with what has changed.", headers: ["ETag": "\"\(present)\""])
    }
    /// Things are not as the request needs them.
    public static func conflict(_ detail: String, code: ProblemCode = .notNow, nextStep: String? = nil) -> APIProblem {
        APIProblem(
            409, code, "This cannot be done as things are.", detail,
            nextStep: nextStep ?? "Look at the object again: it says what can be done.")
    }
}
