// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
import Foundation

/// Lets OpenSSL judge one path (RFC 5280 §6.1): exactly that one, whatever else could be built.
struct PathVerification {
    let policy: PathPolicy
    /// Among which signers of revocation lists may be.
    let others: [Certificate]

    private static let anyPolicy = "2.5.29.32.0"

    /// Which certificate of the path is above which, for the callback.
    private final class Links {
        let pointers: [OpaquePointer]
        init(_ pointers: [OpaquePointer]) { self.pointers = pointers }
    }

    /// Steps that judging the path costs at most.
    static func cost(of path: [Certificate]) -> Int {
        var (names, constraints, policies) = (0, 0, 0)
        for certificate in path {
            // Leaf first: those below are counted already. Bounded bytes keep the product in its bounds, too.
            constraints += names * certificate.nameConstraints
            names += certificate.constrainedNames
            policies += certificate.policyEntries
        }
        return path.count * PathBudget.signatureSteps + constraints + policies * policies
    }

    /// - Parameter path: leaf first, trust anchor last.
    /// - Throws: `PKIXError.untrusted` or `revoked`.
    func verify(_ path: [Certificate]) throws {
        guard let leaf = path.first, let anchor = path.last else { throw PKIXError(.untrusted, "the path is empty") }
        ERR_clear_error()
        let store = try require(X509_STORE_new())
        defer { X509_STORE_free(store) }
        try require(X509_STORE_add_cert(store, anchor.pointer))
        let links = Links(path.map(\.pointer))
        try require(X509_STORE_set_ex_data(store, 0, Unmanaged.passUnretained(links).toOpaque()))
        X509_STORE_set_check_issued(store) { context, subject, issuer in
            PathVerification.isNext(context, subject, issuer)
        }
        let stack = try makeStack((policy.revocation.isUnchecked ? path : path + others).map(\.pointer))
        defer { OPENSSL_sk_free(stack) }
        let lists = try makeStack(policy.revocation.lists.map(\.pointer))
        defer { OPENSSL_sk_free(lists) }
        let context = try require(X509_STORE_CTX_new())
        defer { X509_STORE_CTX_free(context) }
        try require(X509_STORE_CTX_init(context, store, leaf.pointer, stack))
        if !policy.revocation.isUnchecked { X509_STORE_CTX_set0_crls(context, lists) }
        try setParameters(X509_STORE_CTX_get0_param(context))
        let answer = withExtendedLifetime((path, others, links, policy)) { X509_verify_cert(context) }
        guard answer != 1 else { return }
        let error = X509_STORE_CTX_get_error(context)
        let reason = String(cString: X509_verify_cert_error_string(Int(error)))
        let place = X509_STORE_CTX_get_current_cert(context).map {
            DistinguishedName(reading: X509_get_subject_name($0))
        }
        // What it says when there are too many nodes in the tree of policies.
        if error == X509_V_ERR_OUT_OF_MEM { throw PKIXError(.tooCostly, "the policies of its path are too many") }
        throw PKIXError.fromQueue(
            error == X509_V_ERR_CERT_REVOKED ? .revoked : .untrusted,
            "\(place ?? leaf.subject) is not trusted: \(reason)")
    }

    private func setParameters(_ parameters: OpaquePointer?) throws {
        X509_VERIFY_PARAM_set_time(parameters, time_t(policy.date.timeIntervalSince1970))
        X509_VERIFY_PARAM_set_depth(parameters, Int32(PathBudget.longestPath))
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN) | UInt(X509_V_FLAG_POLICY_CHECK) | policy.revocation.flags
        let policies = policy.certificatePolicies
        if policies.isExplicit { flags |= UInt(X509_V_FLAG_EXPLICIT_POLICY) }
        if policies.inhibitsMapping { flags |= UInt(X509_V_FLAG_INHIBIT_MAP) }
        if policies.inhibitsAnyPolicy { flags |= UInt(X509_V_FLAG_INHIBIT_ANY) }
        try require(X509_VERIFY_PARAM_set_flags(parameters, flags))
        // Without any OpenSSL would accept none, not all.
        for accepted in policies.accepted.isEmpty ? [Self.anyPolicy] : policies.accepted {
            try require(X509_VERIFY_PARAM_add0_policy(parameters, makeObject(accepted)))
        }
    }

    /// Stands for OpenSSL's own choice of an issuer. The path of a signer of lists is its own to build.
    private static func isNext(_ context: OpaquePointer?, _ subject: OpaquePointer?, _ issuer: OpaquePointer?) -> Int32
    {
        guard let data = X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), 0) else { return 0 }
        let pointers = Unmanaged<Links>.fromOpaque(data).takeUnretainedValue().pointers
        if let index = pointers.firstIndex(where: { $0 == subject }), index + 1 < pointers.count {
            return pointers[index + 1] == issuer ? 1 : 0
        }
        defer { ERR_clear_error() }
        return X509_check_issued(issuer, subject) == X509_V_OK ? 1 : 0
    }

    /// Borrows what is in it.
    private func makeStack(_ pointers: [OpaquePointer]) throws -> OpaquePointer {
        let stack = try require(OPENSSL_sk_new_null())
        for pointer in pointers where OPENSSL_sk_push(stack, UnsafeRawPointer(pointer)) <= 0 {
            OPENSSL_sk_free(stack)
            throw PKIXError.fromQueue(.library, "openssl call failed")
        }
        return stack
    }
}

extension PathPolicy.Revocation {
    var lists: [CertificateRevocationList] {
        switch self {
        case .unchecked: []
        case .leaf(let lists), .path(let lists): lists
        }
    }

    var isUnchecked: Bool { if case .unchecked = self { true } else { false } }

    fileprivate var flags: UInt {
        let extended = UInt(X509_V_FLAG_EXTENDED_CRL_SUPPORT) | UInt(X509_V_FLAG_USE_DELTAS)
        return switch self {
        case .unchecked: 0
        case .leaf: UInt(X509_V_FLAG_CRL_CHECK) | extended
        case .path: UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL) | extended
        }
    }
}
