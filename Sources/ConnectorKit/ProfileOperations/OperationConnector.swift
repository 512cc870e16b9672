// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import YAMLDocuments

/// A connector whose operations are data in the profile. A module of this kind names its message format; everything
/// else follows.
public protocol OperationConnector: ProfileDescribing, ProfileTrying, ProductListing, OrderPolling, OrderFinding,
    OrderCancelling,
    CertificateRenewing, CertificateRevoking, CertificateInventory, ValidationReporting, ValidationResending
{
    associatedtype Format: MessageFormat
    var engine: OperationEngine { get }
    init(engine: OperationEngine)
}

extension OperationConnector {
    public static var profileKeys: [ProfileKey] { OperationKeys.all(of: Format.self) }

    public static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        do {
            profile.prepared.keep(try OperationProfile(profile, format: Format.self), of: profile)
            return []
        } catch {
            return error.all
        }
    }

    public static func tryOut(_ profile: ConnectorProfile) -> [Diagnostic] {
        OperationProfile.tryOut(profile, format: Format.self)
    }

    public init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        self.init(engine: try OperationEngine(profile, settings, services, format: Format.self))
    }

    public func check() async throws -> AccountReport { try await engine.check() }

    public func products() async throws -> [CAProduct] { try await engine.products() }

    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        try await engine.order("enroll", request, engine.context(request, gate: gate))
    }

    public func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await engine.order("poll", request, engine.context(request, order: order))
    }

    public func look(at order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        var context = engine.context(request, order: order)
        context.readsOnly = true
        return try await engine.order("poll", request, context)
    }

    public func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        try await engine.renew(request, predecessor: predecessor, gate: gate)
    }

    public func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult {
        try await engine.examine(order, request)
    }

    public var absenceIsSureAfter: Duration { engine.absenceIsSureAfter }

    public var findsByReferenceAlone: Bool { engine.findsByReferenceAlone }

    public func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        try await engine.find(request)
    }

    public func cancel(_ order: CAOrder, note: String) async throws { try await engine.cancel(order, note: note) }

    public func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        try await engine.revoke(request)
    }

    public func inventory(from cursor: String?) async throws -> InventoryPage {
        try await engine.inventory(from: cursor)
    }

    public func validationState(of order: CAOrder) async throws -> [AddressValidation] {
        try await engine.validationState(of: order)
    }

    public func resendValidation(of order: CAOrder) async throws { try await engine.resendValidation(of: order) }
}
