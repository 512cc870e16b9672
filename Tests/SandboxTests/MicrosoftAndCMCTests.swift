// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The Microsoft CA's web pages and SwissSign's CMC service; openssl verifies every message and certificate.
@Suite(.timeLimit(.minutes(10))) struct MicrosoftAndCMCTests {
    @Test func certificateServices() async throws { try await judge("adcs", "--only", "adcs", "--only", "tenant") }

    @Test func swissSign() async throws { try await judge("swisssign", "--only", "swisssign") }

    @Test(arguments: ["1", "2"]) func hostileEndsWell(seed: String) async throws {
        try await judge(
            "microsoft_and_cmc_hostile", "--hostile", "--seed", seed, "--only", "adcs", "--only", "swisssign", "--only",
            "tenant")
    }
}
