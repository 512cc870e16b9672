// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
public import HTTPServing

/// One token that is printed at the start, for a gateway without a tenant: whoever reads the output of the service has it.
public struct BootstrapToken: Authenticator {
    private let token: String

    public init(_ token: String) { self.token = token }

    /// 32 random bytes as hexadecimal.
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    public func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        guard let header = request.header("Authorization") else { return nil }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer", APIServer.areEqual(String(words[1]), token) else {
            throw APIProblem(
                401, "tokenRefused", "The token is not accepted.", "it is not the one that this start has printed",
                nextStep: "Take the token that 'certway serve' has printed at its last start.",
                headers: ["WWW-Authenticate": "Bearer realm=\"certway\", error=\"invalid_token\""])
        }
        return Authentication(
            Caller(name: "bootstrap token", roles: Set(Role.allCases), origin: "by the token of this start"),
            key: "bootstrap")
    }
}
