// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The pages of the tenant's sign-in. Where the real one asks for a password, this one offers people.
enum SignInPage {
    /// One person to choose.
    struct Choice {
        let title: String
        let name: String
        let address: String
    }

    static func choose(_ roles: [Choice], _ people: [Choice], cancel: String) -> String {
        page(
            "Sign in",
            "<h1>Sign in</h1><p>Sandbox tenant: nobody is asked for a password.</p><h2>By role</h2><ul>\(list(roles))</ul>"
                + (people.isEmpty ? "" : "<h2>Others</h2><ul>\(list(people))</ul>")
                + "<p><a id=\"cancel\" href=\"\(escape(cancel))\">Cancel</a></p>")
    }

    private static func list(_ choices: [Choice]) -> String {
        choices.map { choice in
            let title = choice.title.isEmpty ? "" : "<strong>\(escape(choice.title))</strong> "
            return "<li><a href=\"\(escape(choice.address))\">\(title)\(escape(choice.name))</a></li>"
        }.joined()
    }

    /// What Entra shows on a page of its own, because it does not trust the way back.
    static func problem(_ code: Int, _ text: String) -> String {
        page("Sign in", "<h1>Sorry, but we're having trouble signing you in.</h1><p>AADSTS\(code): \(escape(text))</p>")
    }

    /// Sends the browser back by POST.
    static func post(_ fields: [(name: String, value: String)], to address: String) -> String {
        let inputs = fields.map { "<input type=\"hidden\" name=\"\(escape($0.name))\" value=\"\(escape($0.value))\">" }
        return page(
            "Working",
            "<form method=\"post\" action=\"\(escape(address))\">\(inputs.joined())<button>Continue</button></form>"
                + "<script>document.forms[0].submit()</script>")
    }

    /// Tells every application of a session that it is over, each by a hidden frame.
    static func signedOut(_ frames: [String], next: String?) -> String {
        let hidden = frames.map { "<iframe hidden src=\"\(escape($0))\"></iframe>" }.joined()
        let way = next.map { "<p><a id=\"next\" href=\"\(escape($0))\">Go back</a></p>" } ?? ""
        let refresh = next.map { "<meta http-equiv=\"refresh\" content=\"1;url=\(escape($0))\">" } ?? ""
        return page("Signed out", "<h1>You signed out of your account</h1>\(hidden)\(way)", head: refresh)
    }

    private static func page(_ title: String, _ body: String, head: String = "") -> String {
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\"><title>\(escape(title))</title>\(head)"
            + "<style>body{font-family:system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}li{margin:.6rem 0}</style>"
            + "</head><body>\(body)</body></html>"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
