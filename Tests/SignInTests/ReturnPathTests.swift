// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import SignIn
import Testing

/// Nobody is led elsewhere by a link to our sign-in.
@Suite struct ReturnPathTests {
    @Test(arguments: [
        "/console/overview", "/console/orders/cw-7f3a?tab=events", "/my", "/manual/administrator",
        "/console/certificates?status=active&status=superseded&expires=30d", "/console/people/ada%40sandbox.example",
        "/console/go/4F:A1", "/console/certificates?after=a:b",
    ])
    func pagesOfOursPass(path: String) {
        let isPage = !path.prefix { $0 != "?" }.contains(":")
        #expect(ReturnPath(path) == (isPage ? ReturnPath(path) : .start))
        #expect(ReturnPath(path).text == (isPage ? path : "/console/overview"))
    }

    @Test(arguments: [
        "", "/", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example",
        "https:evil.example",
        "https://evil.example", "HTTPS://evil.example/console", "javascript:alert(1)", "data:text/html,x",
        "/%2Fevil.example",
        "%2F%2Fevil.example", "/%5Cevil.example", "/%252Fevil.example", "/console/%2F%2Fevil.example",
        "/console/..//evil.example",
        "/console/../auth/start", "/console/%2e%2e/auth/start", "/console\n//evil", "/console/%0d%0aLocation:x",
        "/console/\t",
        "/consoleevil", "/auth/start", "/api/v1/session", " /console", "console", "/console/\u{85}", "/.evil",
        "/console/%zz",
        "/console/%00", "/my//evil.example",
    ])
    func everythingElseIsTheStartPage(path: String) {
        #expect(ReturnPath(path) == .start, "\(path)")
    }

    @Test func whatIsTooLongOrMissing() {
        #expect(ReturnPath(nil) == .start)
        #expect(ReturnPath("/console/" + String(repeating: "a", count: 2000)) == .start)
    }

    @Test func anAttemptIsAnsweredByItsOwnStateAlone() throws {
        let attempt = SignInAttempt()
        let other = SignInAttempt()
        #expect(
            attempt.isAnswered(by: attempt.state) && !attempt.isAnswered(by: other.state) && !attempt.isAnswered(by: "")
        )
        let again = try #require(SignInAttempt(cookie: attempt.secret.revealed))
        #expect(again.state == attempt.state && again.nonce == attempt.nonce && again.challenge == attempt.challenge)
        #expect(Set([attempt.state, attempt.nonce, attempt.verifier.revealed, attempt.challenge]).count == 4)
        #expect((43...128).contains(attempt.verifier.revealed.utf8.count))
        for text in ["", "a", String(repeating: "=", count: 43), String(repeating: "a", count: 44)] {
            #expect(SignInAttempt(cookie: text) == nil)
        }
    }
}
