// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import TestSupport
import Testing
import WebConsole

@Suite struct ConsoleFilesTests {
    private let files: ConsoleFiles
    private static let resources = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Sources/WebConsole/Resources")

    init() { files = ConsoleFiles(folders: [Self.resources]) }

    private func get(
        _ path: String, method: String = "GET", _ headers: [(name: String, value: String)] = []
    ) -> Answer? {
        Answer(files.answer(ServerRequest(method: method, path: path, target: path, headers: headers)))
    }

    private var assets: String {
        get throws {
            let page = try #require(get("/console"))
            return String(try #require(page.text.firstMatch(of: /\/assets\/[0-9a-f]{16}/)).output)
        }
    }

    @Test(arguments: [
        "/console", "/console/", "/console/people/ada@example.org", "/my", "/status", "/signin", "/manual",
    ])
    func everyPageIsTheShell(_ path: String) throws {
        let page = try #require(get(path))
        #expect(page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8")
        #expect(page["Cache-Control"] == "private, max-age=300" && page["X-Content-Type-Options"] == "nosniff")
        #expect(page["Cross-Origin-Opener-Policy"] == "same-origin" && page["Referrer-Policy"] == "same-origin")
        let policy = try #require(page["Content-Security-Policy"])
        for part in [
            "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            #expect(policy.contains(part))
        }
        #expect(!policy.contains("unsafe") && !page.text.contains("{{"))
    }

    @Test(arguments: ["/api/v1/session", "/auth/start", "/consoles", "/metrics", "/my-own"])
    func othersHaveTheRest(_ path: String) { #expect(get(path) == nil) }

    @Test func theRootLeadsToTheConsole() throws {
        let answer = try #require(get("/"))
        #expect(answer.status == 302 && answer["Location"] == "/console")
    }

    @Test func theShellNamesEveryModuleOfTheStart() throws {
        let page = try #require(get("/console")).text
        let named = page.matches(of: /rel="modulepreload" href="([^"]+)"/).map { String($0.1) }
        #expect(named.contains(try assets + "/app/dom.js") && Set(named).count == named.count)
        for path in named { #expect(get(path)?.status == 200, "\(path)") }
        #expect(!named.contains { $0.contains("/pages/") })
        // An address names what its page needs, too, and the call that its list begins with.
        let list = try #require(get("/console/certificates")).text
        #expect(list.contains("/pages/certificates/page.js\"") && list.contains("/components/list.js\""))
        #expect(list.contains("content=\"/certificates?sort=-number\" data-permission=\"readCertificates\""))
        let one = try #require(get("/console/certificates/12")).text
        #expect(one.contains("/pages/certificate/page.js\"") && !one.contains("certway-list"))
    }

    @Test func theStyleSheetsAreOne() throws {
        let page = try #require(get("/console")).text
        #expect(page.matches(of: /rel="stylesheet"/).count == 2)
        let sheet = try #require(get(try assets + "/styles/screen.css")).text
        for name in ["tokens", "base", "layout", "components", "data"] {
            #expect(sheet.contains(try #require(get(try assets + "/styles/\(name).css")).text))
        }
    }

    /// A page that a browser has kept asks for files that are gone: its first script has it loaded anew.
    @Test func aPageOfAFormerConsoleLoadsAnew() throws {
        let answer = try #require(get("/assets/0000000000000000/app/begin.js"))
        #expect(answer.status == 200 && answer.text == "location.reload();\n")
        #expect(answer["Cache-Control"] == "no-store")
    }

    @Test(arguments: [
        ("/app/main.js", "text/javascript; charset=utf-8"), ("/styles/tokens.css", "text/css; charset=utf-8"),
        ("/i18n/de.json", "application/json"), ("/icon.svg", "image/svg+xml"),
    ])
    func anAssetIsKeptForEver(_ path: String, _ type: String) throws {
        let answer = try #require(get(try assets + path))
        #expect(answer.status == 200 && answer["Content-Type"] == type)
        #expect(answer["Cache-Control"] == "public, max-age=31536000, immutable")
        #expect(answer["Content-Encoding"] == nil && answer["Vary"] == "Accept-Encoding")
        let tag = try #require(answer["ETag"])
        let again = try #require(get(try assets + path, [("If-None-Match", tag)]))
        #expect(again.status == 304 && again.body.isEmpty)
    }

    @Test(arguments: ["gzip", "br, gzip;q=0.8", "*", "GZIP"]) func gzipIsWhatItSays(_ accepted: String) async throws {
        let path = try assets + "/i18n/en.json"
        let (plain, packed) = (try #require(get(path)), try #require(get(path, [("Accept-Encoding", accepted)])))
        #expect(packed["Content-Encoding"] == "gzip" && packed["ETag"] != plain["ETag"])
        #expect(packed.body.count < plain.body.count / 2)
        let opened = try await Tool.run(
            ["python3", "-c", "import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))"],
            input: packed.body)
        #expect(opened == plain.text)
    }

    @Test(arguments: ["", "gzip;q=0", "br", "gzip;q=0.0, br"]) func whoDoesNotTakeGzipGetsNone(_ accepted: String)
        throws
    {
        let answer = try #require(get(try assets + "/i18n/en.json", [("Accept-Encoding", accepted)]))
        #expect(answer["Content-Encoding"] == nil)
    }

    @Test(arguments: [
        "/app/none.js", "/../ConsoleFiles.swift", "/app/../../ConsoleFiles.swift", "/index.html", "", "/app",
    ])
    func nothingElseIsServed(_ path: String) throws {
        #expect(get(try assets + path)?.status == 404)
        #expect(get("/assets/0000000000000000/app/main.js")?.status == 404)
    }

    @Test func onlyReadingIsPossible() throws {
        let answer = try #require(get("/console", method: "POST"))
        #expect(answer.status == 405 && answer["Allow"] == "GET, HEAD")
    }

    @Test func withoutFilesItSaysWhatToDo() throws {
        let none = ConsoleFiles(folders: [URL(filePath: "/nonexistent")])
        let answer = try #require(
            Answer(none.answer(ServerRequest(method: "GET", path: "/console", target: "/console"))))
        #expect(answer.status == 503 && answer.text.contains("put the folder 'console'"))
        #expect(none.problem != nil && files.problem == nil)
    }

    /// A script that somebody else writes would be the administrator who looks at the page.
    @Test(arguments: ["app/main.js", "index.html", ""]) func filesThatOthersMayChangeAreNotServed(_ path: String) throws
    {
        let folder = try TemporaryFolder()
        let copy = URL(filePath: folder.path("console"))
        try FileManager.default.copyItem(at: Self.resources, to: copy)
        #expect(ConsoleFiles(folders: [copy]).problem == nil)
        try FileManager.default.setAttributes(
            [.posixPermissions: path.isEmpty ? 0o777 : 0o666], ofItemAtPath: copy.appending(path: path).path)
        let files = ConsoleFiles(folders: [copy])
        #expect(files.problem?.contains("others may change it") == true, "\(files.problem ?? "")")
        let answer = Answer(files.answer(ServerRequest(method: "GET", path: "/console", target: "/console")))
        #expect(answer?.status == 503)
    }

    /// A change of one byte gives other addresses.
    @Test func theHashIsThatOfTheTree() throws {
        let folder = try TemporaryFolder()
        let copy = URL(filePath: folder.path("console"))
        try FileManager.default.copyItem(at: Self.resources, to: copy)
        func page() -> String {
            let request = ServerRequest(method: "GET", path: "/console", target: "/console")
            return Answer(ConsoleFiles(folders: [copy]).answer(request))?.text ?? ""
        }
        let before = page()
        #expect(before.contains(try assets))
        let words = copy.appending(path: "i18n/en.json")
        try Data((try String(contentsOf: words, encoding: .utf8) + " ").utf8).write(to: words)
        #expect(page() != before && !page().isEmpty)
    }
}

/// An answer with its parts at hand.
private struct Answer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }

    init?(_ answer: ServerAnswer?) {
        guard case .response(let status, let headers, let body) = answer else { return nil }
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
