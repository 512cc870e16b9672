// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CLDAP
import Foundation
import Secrets
import Settings

/// One connection to a directory server, from the first byte on over TLS whose certificate is verified. Blocks; used by one thread at a
/// time, and closed with it. Every pointer of the library lives and ends here.
///
/// Referrals are not followed: the password would go to whatever server the answer names.
final class LDAPConnection {
    struct Entry {
        let name: String
        /// What finds it again when it has been moved or has got another name, as a filter; nil where the server does not say.
        let identity: String?
        let values: [[UInt8]]
    }

    /// RFC 4530, and what Active Directory has in its place.
    private static let identities = ["entryUUID", "objectGUID"]

    private var handle: OpaquePointer?
    private let url: String
    private let timeout: Duration
    /// Outlives the handle, whose library reads it.
    private let watch: SilenceWatch

    /// Connects and signs in.
    ///
    /// - Parameter password: of `simple` sign-in; nil for the other ways.
    /// - Throws: `PublicationError`.
    init(_ server: LDAPServerConfiguration, password: Secret?) throws(PublicationError) {
        (url, timeout, watch) = (server.url, server.timeout, SilenceWatch(server.timeout))
        try require(ldap_initialize(&handle, url), "the address \(url) cannot be used")
        try set(LDAP_OPT_PROTOCOL_VERSION, Int32(LDAP_VERSION3))
        // LDAP_OPT_OFF is a null pointer.
        ldap_set_option(handle, LDAP_OPT_REFERRALS, nil)
        var wait = Self.interval(timeout)
        ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &wait)
        ldap_set_option(handle, LDAP_OPT_TIMEOUT, &wait)
        watch.look(at: handle)
        try prepareTLS(server)
        if url.lowercased().hasPrefix("ldap:") {
            try require(ldap_start_tls_s(handle, nil, nil), "TLS does not begin at \(url)")
        }
        try signIn(server.signIn, password)
        watch.end()
    }

    deinit { if let handle { ldap_unbind_ext_s(handle, nil, nil) } }

    /// The entries that a filter finds, two at most, with the values of an attribute that is transferred as binary.
    ///
    /// - Throws: `PublicationError`; a base that does not exist is `configuration`.
    func search(_ base: String, _ filter: String, _ attribute: String) throws(PublicationError) -> [Entry] {
        try search(base, LDAP_SCOPE_SUBTREE, filter, attribute) ?? []
    }

    /// The entry of an identity, wherever the account may look; nil where it is gone.
    ///
    /// - Throws: `PublicationError`.
    func entry(identity: String, below base: String, _ attribute: String) throws(PublicationError) -> Entry? {
        for place in [base] + (try namingContexts()) {
            if let found = try search(place, LDAP_SCOPE_SUBTREE, identity, attribute, isOptional: true)?.first {
                return found
            }
        }
        return nil
    }

    /// The entry of a name; nil where it is gone.
    ///
    /// - Throws: `PublicationError`.
    func entry(_ name: String, _ attribute: String) throws(PublicationError) -> Entry? {
        try search(name, LDAP_SCOPE_BASE, "(objectClass=*)", attribute)?.first
    }

    /// - Parameter isOptional: whether there need not be such a base, or this account may not see it.
    /// - Returns: nil where there is no such base and one entry is asked for, or it is optional.
    private func search(
        _ base: String, _ scope: ber_int_t, _ filter: String, _ attribute: String, isOptional: Bool = false
    ) throws(PublicationError) -> [Entry]? {
        var message: OpaquePointer?
        defer { ldap_msgfree(message) }
        var wait = Self.interval(timeout)
        var names = ([attribute] + Self.identities).map { strdup($0) } + [nil]
        defer { names.forEach { free($0) } }
        let code = ldap_search_ext_s(
            handle, base, scope, filter, &names, 0, nil, nil, &wait, 2, &message)
        if code == LDAP_NO_SUCH_OBJECT, scope == LDAP_SCOPE_BASE || isOptional { return nil }
        // Two are enough to know that they are several.
        if code != LDAP_SIZELIMIT_EXCEEDED { try require(code, "a search below \(base) failed") }
        var entries: [Entry] = []
        var entry = ldap_first_entry(handle, message)
        while let found = entry {
            guard let name = ldap_get_dn(handle, found) else { break }
            defer { ldap_memfree(name) }
            let plain = attribute.replacing(";binary", with: "")
            entries.append(
                Entry(
                    name: String(cString: name), identity: identity(of: found),
                    values: values(attribute, of: found) + (plain == attribute ? [] : values(plain, of: found))))
            entry = ldap_next_entry(handle, found)
        }
        return entries
    }

    /// The parts of the tree that the server has, by its root (RFC 4512 section 5.1).
    func namingContexts() throws(PublicationError) -> [String] {
        try search("", LDAP_SCOPE_BASE, "(objectClass=*)", "namingContexts")?.first?.values
            .map { String(decoding: $0, as: UTF8.self) } ?? []
    }

    private func identity(of entry: OpaquePointer) -> String? {
        for attribute in Self.identities {
            guard let value = values(attribute, of: entry).first else { continue }
            // A UUID is written as text, a GUID is sixteen bytes.
            return "(\(attribute)=\(Self.escaped(value)))"
        }
        return nil
    }

    private func values(_ attribute: String, of entry: OpaquePointer) -> [[UInt8]] {
        guard let list = ldap_get_values_len(handle, entry, attribute) else { return [] }
        defer { ldap_value_free_len(list) }
        return (0..<Int(ldap_count_values_len(list))).compactMap { index in
            list[index].map { value in
                [UInt8](UnsafeRawBufferPointer(start: value.pointee.bv_val, count: Int(value.pointee.bv_len)))
            }
        }
    }

    enum Change { case add, remove, replace }

    /// Changes the values of one attribute by one operation: all of it happens, or nothing.
    ///
    /// - Returns: false where the server cannot remove single values, because it has no rule to compare them by; nothing has changed.
    func modify(
        _ entry: String, _ attribute: String, _ changes: [(Change, values: [[UInt8]])]
    ) throws(PublicationError) -> Bool {
        let name = strdup(attribute)
        defer { free(name) }
        var lists: [UnsafeMutablePointer<UnsafeMutablePointer<berval>?>] = []
        var modifications: [UnsafeMutablePointer<LDAPMod>?] = []
        defer {
            for list in lists { ldap_value_free_len(list) }
            for modification in modifications { modification?.deallocate() }
        }
        for (change, values) in changes {
            let list = UnsafeMutablePointer<UnsafeMutablePointer<berval>?>(ber_memvcalloc(values.count + 1))
            for (index, value) in values.enumerated() {
                list[index] = value.withUnsafeBytes { bytes in
                    ber_mem2bv(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), ber_len_t(bytes.count), 1, nil)
                }
            }
            lists.append(list)
            let modification = UnsafeMutablePointer<LDAPMod>.allocate(capacity: 1)
            modification.initialize(to: LDAPMod())
            modification.pointee.mod_op = change.operation | LDAP_MOD_BVALUES
            modification.pointee.mod_type = name
            modification.pointee.mod_vals.modv_bvals = list
            modifications.append(modification)
        }
        modifications.append(nil)
        let code = ldap_modify_ext_s(handle, entry, &modifications, nil, nil)
        if code == LDAP_INAPPROPRIATE_MATCHING { return false }
        try require(code, "the entry \(entry) cannot be changed")
        return true
    }

    /// A value for a filter, with all that means something there written as RFC 4515 section 3 has it.
    static func escaped(_ value: some Sequence<UInt8>) -> String {
        var bytes = value.map { CChar(bitPattern: $0) }
        return bytes.withUnsafeMutableBufferPointer { buffer in
            var given = berval(bv_len: ber_len_t(buffer.count), bv_val: buffer.baseAddress)
            var made = berval(bv_len: 0, bv_val: nil)
            guard ldap_bv2escaped_filter_value(&given, &made) == LDAP_SUCCESS, let start = made.bv_val else {
                return ""
            }
            defer { ber_memfree(start) }
            return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(made.bv_len)), as: UTF8.self)
        }
    }

    private func prepareTLS(_ server: LDAPServerConfiguration) throws(PublicationError) {
        try set(LDAP_OPT_X_TLS_REQUIRE_CERT, Int32(LDAP_OPT_X_TLS_DEMAND))
        try set(LDAP_OPT_X_TLS_PROTOCOL_MIN, (3 << 8) + 3)
        try set(LDAP_OPT_X_TLS_CACERTFILE, server.tlsRoots ?? "/etc/ssl/certs/ca-certificates.crt")
        if case .certificate(let path, let key) = server.signIn {
            try set(LDAP_OPT_X_TLS_CERTFILE, path)
            try set(LDAP_OPT_X_TLS_KEYFILE, key)
        }
        // What was set counts from the next context on.
        try set(LDAP_OPT_X_TLS_NEWCTX, 0)
    }

    private func signIn(_ way: LDAPServerConfiguration.SignIn, _ password: Secret?) throws(PublicationError) {
        let code: Int32
        switch way {
        // Empty is another thing than absent: where it is absent, the server asks for it.
        case .anonymous: code = [UInt8](repeating: 0, count: 1).withUnsafeBytes { bind(nil, nil, $0, length: 0) }
        case .certificate:
            code = [UInt8](repeating: 0, count: 1).withUnsafeBytes { bind(nil, "EXTERNAL", $0, length: 0) }
        case .simple(let name, _):
            guard let password else { return }
            code = password.withBytes { bind(name, nil, $0, length: $0.count) }
        }
        try require(code, "the gateway cannot sign in at \(url)")
    }

    private func bind(_ name: String?, _ mechanism: String?, _ credential: UnsafeRawBufferPointer, length: Int) -> Int32
    {
        // The library reads the credential where it lies, and writes nothing there.
        let start = UnsafeMutableRawPointer(mutating: credential.baseAddress)?.assumingMemoryBound(to: CChar.self)
        var value = berval(bv_len: ber_len_t(length), bv_val: start)
        return ldap_sasl_bind_s(handle, name, mechanism, &value, nil, nil, nil)
    }

    private func set(_ option: Int32, _ value: Int32) throws(PublicationError) {
        var value = value
        try require(ldap_set_option(handle, option, &value), "an option of the connection to \(url) is refused")
    }

    private func set(_ option: Int32, _ path: String) throws(PublicationError) {
        try require(ldap_set_option(handle, option, path), "\(path) cannot be used for TLS to \(url)")
    }

    private static func interval(_ duration: Duration) -> timeval {
        timeval(tv_sec: Int(duration.components.seconds), tv_usec: 0)
    }

    private func require(_ code: Int32, _ what: String) throws(PublicationError) {
        guard code != LDAP_SUCCESS else { return }
        guard !watch.hasEnded, code != LDAP_TIMEOUT else {
            throw PublicationError(
                .transient, "\(url) says nothing within \(timeout.components.seconds) s: is the server stopped?")
        }
        var text: UnsafeMutablePointer<CChar>?
        if handle != nil { ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) }
        defer { if let text { ldap_memfree(text) } }
        let detail = text.map { String(cString: $0) } ?? ""
        throw PublicationError(ldap: code, String(cString: ldap_err2string(code)), detail, what)
    }

    /// Room for a list that `ldap_value_free_len` gives back.
    private func ber_memvcalloc(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<berval>?> {
        let size = ber_len_t(MemoryLayout<UnsafeMutablePointer<berval>?>.stride)
        guard let room = ber_memcalloc(ber_len_t(count), size) else { fatalError("there is no memory left") }
        return room.bindMemory(to: UnsafeMutablePointer<berval>?.self, capacity: count)
    }
}

extension LDAPConnection.Change {
    fileprivate var operation: Int32 {
        switch self {
        case .add: LDAP_MOD_ADD
        case .remove: LDAP_MOD_DELETE
        case .replace: LDAP_MOD_REPLACE
        }
    }
}
