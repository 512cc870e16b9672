// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension KeyPurpose {
    /// Logs on to Kerberos with a certificate (id-pkinit-KPClientAuth, RFC 4556 §3.2.2).
    public static let pkinitClient: KeyPurpose = "1.3.6.1.5.2.3.4"

    /// Whoever holds such a key can log on as the subscriber, so that a copy of it is a copy of the person.
    public static let logon: Set<KeyPurpose> = [.clientAuthentication, .smartCardLogon, .pkinitClient, .any]

    private static let names: KeyValuePairs<String, KeyPurpose> = [
        "serverAuth": .serverAuthentication, "clientAuth": .clientAuthentication, "codeSigning": "1.3.6.1.5.5.7.3.3",
        "emailProtection": .emailProtection, "timeStamping": "1.3.6.1.5.5.7.3.8", "OCSPSigning": .ocspSigning,
        "documentSigning": "1.3.6.1.5.5.7.3.36", "anyExtendedKeyUsage": .any, "smartCardLogon": .smartCardLogon,
        "enrollmentAgent": .enrollmentAgent, "encryptingFileSystem": "1.3.6.1.4.1.311.10.3.4",
        "pkinitClient": .pkinitClient,
    ]

    /// The word of RFC 5280 or of Windows for it; the dotted OID where there is none.
    public var name: String { Self.names.first { $0.value == self }?.key ?? rawValue }

    /// From such a word or a dotted OID; nil for anything else.
    public init?(name: String) {
        if let known = Self.names.first(where: { $0.key == name }) {
            self = known.value
            return
        }
        guard name.wholeMatch(of: /[0-2](\.(0|[1-9][0-9]*))+/) != nil else { return nil }
        self.init(rawValue: name)
    }
}
