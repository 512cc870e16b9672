// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Atlas behind client certificates, the SOAP services with zeep and xmllint as foreign clients, and SSL.com.
@Suite struct AtlasAndSOAPTests {
    @Test func globalsignAtlas() async throws { try await judge("globalsign", "--only", "globalsign-atlas") }

    @Test func globaltrust() async throws { try await judge("globaltrust", "--only", "globaltrust") }

    @Test func ejbca() async throws { try await judge("ejbca", "--only", "ejbca") }

    @Test func sslCom() async throws { try await judge("sslcom", "--only", "ssl-com") }

    @Test(arguments: ["1", "2"]) func hostileEndsWell(seed: String) async throws {
        try await judge(
            "cas_hostile", "--hostile", "--seed", seed, "--only", "globalsign-atlas", "--only", "globaltrust", "--only",
            "ejbca", "--only", "ssl-com")
    }

    @Test func everyLieReachesTheWire() async throws {
        try await judge(
            "cas_lies", "--only", "globalsign-atlas", "--only", "globaltrust", "--only", "ejbca", "--only", "ssl-com")
    }
}
