// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension Certificate {
    /// How many names name constraints are compared with: alternative names, the subject, and each of its attributes, since
    /// addresses among them count.
    var constrainedNames: Int {
        Int(X509_NAME_entry_count(X509_get_subject_name(pointer))) + 1
            + count(NID_subject_alt_name, free: { GENERAL_NAMES_free($0) }) { Int(OPENSSL_sk_num($0)) }
    }

    /// How many subtrees its name constraints permit or exclude (RFC 5280 §4.2.1.10).
    var nameConstraints: Int {
        count(NID_name_constraints, free: { NAME_CONSTRAINTS_free(UnsafeMutablePointer($0)) }) {
            let constraints = UnsafePointer<NAME_CONSTRAINTS>($0).pointee
            return [constraints.permittedSubtrees, constraints.excludedSubtrees].compactMap(\.self)
                .reduce(0) { $0 + Int(OPENSSL_sk_num($1)) }
        }
    }

    /// How many policies and mappings of policies it has (RFC 5280 §4.2.1.4 and §4.2.1.5).
    var policyEntries: Int {
        count(NID_certificate_policies, free: { CERTIFICATEPOLICIES_free($0) }) { Int(OPENSSL_sk_num($0)) }
            + count(
                NID_policy_mappings,
                free: { stack in
                    OPENSSL_sk_pop_free(stack) { POLICY_MAPPING_free($0?.assumingMemoryBound(to: POLICY_MAPPING.self)) }
                }
            ) {
                Int(OPENSSL_sk_num($0))
            }
    }

    private func count(_ type: Int32, free: (OpaquePointer) -> Void, _ body: (OpaquePointer) -> Int) -> Int {
        guard let value = X509_get_ext_d2i(pointer, type, nil, nil).map({ OpaquePointer($0) }) else {
            ERR_clear_error()
            return 0
        }
        defer { free(value) }
        return body(value)
    }
}
