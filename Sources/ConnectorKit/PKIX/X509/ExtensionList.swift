// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// What has become of reading an extension: not there, there, or there and not to be read. The last is never the first: an
/// extension that restricts a key and cannot be read would otherwise allow everything.
enum ExtensionState<Value> {
    case absent
    case present(Value)
    case unreadable
}

/// The extensions of one certificate or list.
struct ExtensionList {
    let extensions: [OpaquePointer]

    /// - Throws: `PKIXError.malformed` when one stands there twice (RFC 5280 §4.2), or one that OpenSSL knows is not what its
    ///   type says, in DER. So nothing that has been read holds an extension that cannot be: `nil` means absent.
    func requireReadable(in name: String) throws {
        var seen: Set<String> = []
        for one in extensions {
            let type = dotted(X509_EXTENSION_get_object(one))
            guard seen.insert(type).inserted else {
                throw PKIXError(.malformed, "extension \(type) stands twice in the \(name)")
            }
            guard case .unreadable = state(of: one) else { continue }
            ERR_clear_error()
            throw PKIXError(.malformed, "extension \(type) of the \(name) cannot be read")
        }
    }

    private func state(of one: OpaquePointer) -> ExtensionState<Void> {
        switch certway_extension_state(one) {
        case 0: .absent
        case 1 where DEREncoding.isOne(octets(X509_EXTENSION_get_data(one))): .present(())
        default: .unreadable
        }
    }
}
