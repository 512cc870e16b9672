// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What one step of work changes about an order; committed as a whole, together with its event:
/// `OrderChange("pending", "waiting for the subscriber").stage(.pending).waitingFor("subscriber").nextAction(at: later)`.
///
/// A change without `failure` is a success and ends a row of failures. A change of stage makes the order due at once and
/// waiting for nobody, unless the same change says otherwise; the order of the calls does not matter. An end of the order
/// releases the lease.
public struct OrderChange: Sendable {
    struct Event: Sendable {
        var kind: String
        var message: String
        var data: JSONValue
    }

    enum SealedKey: Sendable {
        case stored(OrderKey)
        case erased
    }

    private(set) var events: [Event]
    private let detail: String
    /// The stage it leads to; nil when the order stays where it is.
    public private(set) var newStage: OrderStage?
    private(set) var newCertificate: NewCertificate?
    private(set) var newSealedKey: SealedKey?
    private(set) var newArchivedKey: (cms: [UInt8], recipients: JSONValue, keys: AgentKeys)?
    private(set) var isSubmission = false
    private var isSameFailure = false
    private var edits: [@Sendable (inout Order) -> Void] = []

    /// - Parameters:
    ///   - kind: one word for the event, such as `submitted`.
    ///   - message: one sentence for people, which also becomes the order's `detail`; no secret in it.
    ///   - data: facts for programs.
    public init(_ kind: String, _ message: String, data: JSONValue = [:]) {
        events = [Event(kind: kind, message: message, data: data)]
        detail = message
    }

    /// Leaves the event out when `isOldNews`: an order that waits for weeks is asked for often, and its timeline is to be
    /// read by people.
    public func unless(_ isOldNews: Bool) -> Self { isOldNews ? with { $0.events = [] } : self }

    /// A further event in the same commit.
    public func event(_ kind: String, _ message: String, data: JSONValue = [:]) -> Self {
        with { $0.events.append(Event(kind: kind, message: message, data: data)) }
    }

    public func stage(_ stage: OrderStage) -> Self { with { $0.newStage = stage } }

    /// The request is about to leave for the CA: counts the attempt, and goes on with a row of failures, which only an
    /// answer ends.
    ///
    /// - Parameters:
    ///   - connection: which CA, environment and account it leaves for.
    ///   - secretsMark: tells the secrets it leaves with from others.
    public func submission(at date: Date, to connection: String? = nil, secretsMark: String? = nil) -> Self {
        with { $0.isSubmission = true }.edit {
            $0.attempt += 1
            $0.submittedAt = date
            $0.connection = connection ?? $0.connection
            $0.secretsMark = secretsMark
        }
    }

    /// The answer to the submission is lost or unclear, and why.
    ///
    /// - Parameter kind: what it means if the CA does not have the order; nil for a lost one.
    public func doubt(_ kind: String?, _ reason: String) -> Self {
        edit {
            $0.doubtKind = kind
            $0.doubt = reason
        }
    }

    /// The CA's ids; later ones are added to those known.
    /// What it was planned with, as its template says meanwhile.
    public func request(_ request: JSONValue) -> Self { edit { $0.request = request } }

    public func caOrder(_ caRequestID: String?, identifiers: [String: String] = [:]) -> Self {
        edit {
            $0.caRequestID = caRequestID ?? $0.caRequestID
            $0.caIdentifiers.merge(identifiers) { $1 }
        }
    }

    /// Forgets the CA's ids: the CA surely does not have the order.
    public func withoutCAOrder() -> Self {
        edit {
            $0.caRequestID = nil
            $0.caIdentifiers = [:]
        }
    }

    /// Who has to act; the raw value of `PendingOrder.Party`.
    public func waitingFor(_ party: String?) -> Self { edit { $0.waitingFor = party } }

    /// Nobody works on the order before `date`; nil for at once.
    public func nextAction(at date: Date?) -> Self { edit { $0.nextActionAt = date } }

    /// One more failure in a row.
    public func failure(_ kind: String, nextAction date: Date?) -> Self {
        edit {
            $0.errorKind = kind
            $0.failures += 1
            $0.nextActionAt = date
        }
    }

    /// The failure before this step is not over: its kind stays, and the row of failures goes on.
    public func sameFailure() -> Self { with { $0.isSameFailure = true } }

    /// The CA does not let go of the order; the request to cancel it is over.
    public func withoutCancelRequest() -> Self { edit { $0.cancelRequested = false } }

    /// The order waits for a person; `reason` tells that person what to look at and what to do.
    public func hold(_ reason: String) -> Self { edit { $0.holdReason = reason } }

    /// The private key, sealed by the gateway's key, and what was made with it. Erases an earlier key of the order.
    public func sealedKey(_ sealed: [UInt8], publicKey: [UInt8], csr: [UInt8]) -> Self {
        with { $0.newSealedKey = .stored(OrderKey(sealed: sealed, publicKey: publicKey, csr: csr)) }
    }

    /// What somebody else has made of a key that never comes here.
    public func foreignKey(publicKey: [UInt8], csr: [UInt8]) -> Self {
        with { $0.newSealedKey = .stored(OrderKey(sealed: nil, publicKey: publicKey, csr: csr)) }
    }

    /// Overwrites the sealed key; public key and request stay.
    public func eraseSealedKey() -> Self { with { $0.newSealedKey = .erased } }

    /// The certificate that came back and passed comparison.
    public func certificate(_ certificate: NewCertificate) -> Self { with { $0.newCertificate = certificate } }

    /// The private key encrypted to the key recovery agents, as CMS.
    ///
    /// - Parameters:
    ///   - recipients: their names.
    ///   - keys: which keys they have.
    public func archivedKey(cms: [UInt8], recipients: JSONValue, keys: AgentKeys = AgentKeys()) -> Self {
        with { $0.newArchivedKey = (cms, recipients, keys) }
    }

    /// Gives the claim back in the same commit.
    public func releaseLease() -> Self {
        edit {
            $0.leaseOwner = nil
            $0.leaseUntil = nil
        }
    }

    func apply(to order: inout Order) {
        let failures = order.failures
        order.detail = detail
        if let newStage, newStage != order.stage {
            if !newStage.isOpen { order.resumeStage = order.stage }
            order.stage = newStage
            order.waitingFor = nil
            order.nextActionAt = nil
            order.doubtKind = nil
            order.doubt = nil
        }
        if !isSameFailure { order.errorKind = nil }
        for edit in edits { edit(&order) }
        if order.failures == failures, !isSubmission, !isSameFailure { order.failures = 0 }
        if !order.stage.isOpen {
            order.leaseOwner = nil
            order.leaseUntil = nil
            order.nextActionAt = nil
            order.cancelRequested = false
        }
    }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    private func edit(_ edit: @escaping @Sendable (inout Order) -> Void) -> Self { with { $0.edits.append(edit) } }
}
