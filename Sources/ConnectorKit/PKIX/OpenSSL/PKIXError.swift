// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A failure while making or reading a standard object.
///
/// `message` is safe to show and store: it never holds key material, passwords or content. `detail` is the text of
/// OpenSSL's error queue, for logs. Two errors are equal when their codes are, so new codes break nobody.
public struct PKIXError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is; open, so that switches need a default.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes are not the object they should be. Whoever supplied them must act.
        public static let malformed = Code(rawValue: "malformed")
        /// The object is sound but not accepted here: too small a key, unknown curve, a name that cannot be encoded.
        public static let unacceptable = Code(rawValue: "unacceptable")
        /// The password or passphrase is wrong or missing.
        public static let wrongPassword = Code(rawValue: "wrongPassword")
        /// Decryption or authentication of the content failed: wrong key or changed bytes.
        public static let cannotOpen = Code(rawValue: "cannotOpen")
        /// A signature does not verify.
        public static let signatureMismatch = Code(rawValue: "signatureMismatch")
        /// No valid path to an accepted root.
        public static let untrusted = Code(rawValue: "untrusted")
        /// A revocation list that is in force says that it is revoked.
        public static let revoked = Code(rawValue: "revoked")
        /// To tell whether there is a valid path would take more work than a `PathBudget` allows.
        public static let tooCostly = Code(rawValue: "tooCostly")
        /// More plaintext than the RSA key can take.
        public static let tooLong = Code(rawValue: "tooLong")
        /// The library failed where it should not, usually for lack of memory.
        public static let library = Code(rawValue: "library")
    }

    public let code: Code
    public let message: String
    public let detail: String?

    public init(_ code: Code, _ message: String, detail: String? = nil) {
        self.code = code
        self.message = message
        self.detail = detail
    }

    public static func == (left: PKIXError, right: PKIXError) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    public var description: String { message }
}

extension PKIXError {
    /// The error with this thread's OpenSSL queue as detail; empties the queue.
    static func fromQueue(_ code: Code, _ message: String) -> PKIXError {
        var texts: [String] = []
        while case let number = ERR_get_error(), number != 0 {
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(number, &text, text.count)
            texts.append(text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })  // an array of 256 has one
        }
        return PKIXError(code, message, detail: texts.isEmpty ? nil : texts.joined(separator: "; "))
    }
}
