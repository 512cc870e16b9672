// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Atlas behind client certificates, the SOAP services with zeep and xmllint as foreign clients, and SSL.com.
@Suite struct AtlasAndSOAPTests {
    @Test func globalsignAtlas() throws { try judge("globalsign", "--only", "globalsign-atlas") }

    @Test func globaltrust() throws { try judge("globaltrust", "--only", "globaltrust") }

    @Test func ejbca() throws { try judge("ejbca", "--only", "ejbca") }

    @Test func sslCom() throws { try judge("sslcom", "--only", "ssl-com") }
}
