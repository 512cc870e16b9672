// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Atlas behind client certificates, the SOAP services with zeep and xmllint as foreign clients, and SSL.com.
@Suite struct AtlasAndSOAPTests {
    @Test func globalsignAtlas() throws { try judge("globalsign", "--only", "globalsign-atlas") }

    @Test func globaltrust() throws { try judge("globaltrust", "--only", "globaltrust") }

    @Test func ejbca() throws { try judge("ejbca", "--only", "ejbca") }

    @Test func sslCom() throws { try judge("sslcom", "--only", "ssl-com") }

    @Test(arguments: ["1", "2"]) func hostileEndsWell(seed: String) throws {
        try judge(
            "cas_hostile", "--hostile", "--seed", seed, "--only", "globalsign-atlas", "--only", "globaltrust", "--only",
            "ejbca", "--only", "ssl-com")
    }

    @Test func everyLieReachesTheWire() throws {
        try judge(
            "cas_lies", "--only", "globalsign-atlas", "--only", "globaltrust", "--only", "ejbca", "--only", "ssl-com")
    }
}
