// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Gateway
import HTTPServing
import Ledger
import MicrosoftGraph
import Planning
import Settings
import Store
import YAMLDocuments

extension APIProblem {
    /// The one place where errors of the use cases become answers.
    ///
    /// - Parameter isLookup: whether the operation only reads, where a name that nothing has is no fault of the request.
    init(_ error: any Error, isLookup: Bool) {
        switch error {
        case let error as APIProblem: self = error
        case let error as AccessDenied: self.init(denied: error)
        case let error as Obstacle: self = .conflict(error.reason, code: .notPossible, nextStep: error.instead)
        case let error as EnrollmentError: self = .conflict(error.message, code: .notPossible)
        case let error as SettingsError: self.init(settings: error, isLookup)
        case let error as LedgerError: self.init(ledger: error)
        case let error as OtherRevision: self = .changed("\(error.present)")
        case let error as ListError: self.init(list: error)
        case let error as StoreError: self.init(store: error)
        case let error as ConnectorError: self.init(connector: error)
        case let error as GraphError: self.init(graph: error)
        case let error as Diagnostics: self = .invalid(error.all.map(APIFault.init), 422)
        case let error as FileError:
            self.init(
                503, .file, "A file of the gateway cannot be used.", error.message, actor: "operator",
                nextStep: "Mend what the sentence names on the gateway's machine.")
        case is CancellationError:
            self.init(
                503, .stopping, "The gateway is stopping.", actor: "nobody", nextStep: "Ask again in a moment.",
                retryAfter: 5)
        default:
            self.init(
                500, .internal, "The gateway has met something that it does not know.", "\(error)",
                actor: "operator", nextStep: "Give the id to whoever runs the gateway: its log has the same.")
        }
    }

    private init(denied error: AccessDenied) {
        let roles = RoleTable.roles(with: error.permission).map(\.rawValue).joined(separator: " or ")
        self.init(
            403, .accessDenied, "You may not do this.", "\(error)", actor: "administrator",
            nextStep: "Ask somebody who is \(roles), or an administrator for that role.")
    }

    private init(settings error: SettingsError, _ isLookup: Bool) {
        switch error.place {
        case .commandLine:
            self = isLookup ? .notFound(error.message) : .invalid([APIFault("", error.message)], 422)
        case .state: self = .conflict(error.message)
        case .configuration:
            self.init(
                409, .configuration, "The configuration does not allow this.", error.message,
                actor: "administrator", nextStep: "Mend the configuration as the sentence says.")
        }
    }

    private init(ledger error: LedgerError) {
        switch error {
        case .noSuchOrder: self = .notFound("\(error)")
        case .alreadyOpen(let order), .alreadyActive(let order):
            self = .conflict(
                "\(error)", code: .already, nextStep: "Look at order \(order.reference).")
        case .movedOn, .leaseLost: self = .conflict("\(error)", code: .movedOn, nextStep: "Look again, then decide.")
        case .notInCharge:
            self.init(
                503, .notInCharge, "Another node plans now.", "\(error)", actor: "nobody",
                nextStep: "Ask again in a moment.", retryAfter: 5)
        case .notPossible(let reason): self = .conflict(reason, code: .notPossible)
        }
    }

    private init(list error: ListError) {
        switch error {
        case .unknownKey(let key, let known):
            self = .invalid([APIFault("sort", "found \"\(key.prefix(60))\"; \(suggestion(for: key, in: known))")])
        case .otherList: self = .otherList
        }
    }

    static let otherList = APIProblem.invalid([
        APIFault(
            "after",
            "is not the `next` of this list with these filters, this order and your role; begin again without it")
    ])

    private init(store error: StoreError) {
        self.init(
            error.isTransient ? 503 : 500, .store, "The database does not answer as it must.", error.message,
            actor: error.isTransient ? "nobody" : "operator",
            nextStep: error.isTransient ? "Ask again in a moment." : "Run 'certway doctor' on the gateway's machine.",
            retryAfter: error.isTransient ? 5 : nil)
    }

    private init(connector error: ConnectorError) {
        let (status, code, actor, step): (Int, ProblemCode, String, String) =
            switch error.kind {
            case .transient: (503, .transient, "nobody", "Ask again in a moment.")
            case .throttled: (503, .throttled, "nobody", "Ask again when the CA allows more calls.")
            case .authentication: (502, .authentication, "administrator", "Mend the sign-in of the backend CA.")
            case .configuration: (502, .configuration, "administrator", "Mend profile or settings of the backend CA.")
            case .refused: (409, .refused, "caller", "Change what the CA refuses.")
            case .outcomeUnknown: (502, .outcomeUnknown, "nobody", "Look again: the CA may have done it.")
            }
        self.init(
            status, code, "The CA does not do it.", error.message, actor: actor, nextStep: step,
            retryAfter: error.retryAfter.map { Int($0.components.seconds) } ?? (status == 503 ? 10 : nil))
    }

    private init(graph error: GraphError) {
        let isPassing = error.kind == .transient || error.kind == .throttled
        self.init(
            isPassing ? 503 : 502, .directory, "Entra ID or Intune does not answer as it must.", error.message,
            actor: isPassing ? "nobody" : "administrator",
            nextStep: isPassing ? "Ask again in a moment." : "'certway doctor' says what the application lacks.",
            retryAfter: error.retryAfter.map { Int($0.components.seconds) } ?? (isPassing ? 10 : nil))
    }
}

extension APIFault {
    /// Where a document is wrong.
    init(_ diagnostic: Diagnostic) {
        var sentence = diagnostic.message
        if let line = diagnostic.line { sentence = "line \(line): \(sentence)" }
        if let hint = diagnostic.hint { sentence += "; \(hint)" }
        self.init(diagnostic.keyPath, sentence)
    }
}
