// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import MicrosoftGraph
import PKIX
import Testing

/// wire/intune-pfx.md section 10, points 1 and 12.
@Suite(.timeLimit(.minutes(5))) struct IntuneSettingsTests {
    @Test func refusesPaddingThatIntuneDropped() {
        for name in ["none", "pkcs1", "oaepSha1"] {
            #expect(PaddingScheme(name: name) == nil)
            #expect(PaddingScheme.refusal(name).contains("no longer supported by Intune: use one of oaepSha256"))
        }
        #expect(PaddingScheme(name: "OaepSha384") == .oaepSha384)
        #expect(PaddingScheme.refusal("sha3").contains("unknown padding scheme sha3"))
    }

    @Test func tellsAllProblemsAtOnce() throws {
        let weak = try PrivateKey.generate(.p256).publicKey
        let error = #expect(throws: GraphError.self) {
            try IntuneSettings(publicKey: weak, providerName: "", keyName: "")
        }
        #expect(error?.kind == .configuration)
        for part in ["EC P-256", "providerName is empty", "keyName is empty"] {
            #expect(error?.message.contains(part) == true)
        }
    }

    @Test func aPasswordFitsEverySchemeOfTheSmallestKey() throws {
        for scheme in PaddingScheme.allCases {
            _ = try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "k", paddingScheme: scheme)
        }
    }

    @Test func aDualUseCertificateGoesOutForEncryption() {
        #expect(IntendedPurpose(.smime) == .smimeEncryption)
        #expect(IntendedPurpose(.smimeEncryption) == .smimeEncryption)
        #expect(IntendedPurpose(.smimeSigning) == .smimeSigning)
        #expect(IntendedPurpose(.clientAuthentication) == .unassigned)
    }
}
