// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// CAs behind client certificates: Atlas, and the SOAP services with zeep and xmllint as foreign clients.
@Suite struct AtlasAndSOAPTests {
    @Test func globalsignAtlas() throws { try judge("globalsign", "--only", "globalsign-atlas") }

    @Test func globaltrust() throws { try judge("globaltrust", "--only", "globaltrust") }

    @Test func ejbca() throws { try judge("ejbca", "--only", "ejbca") }
}
