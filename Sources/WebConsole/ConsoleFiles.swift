// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import HTTPServing

/// The static files of the console: the shell at every address of a page, everything else under the hash of the tree.
public struct ConsoleFiles: Sendable {
    /// Why there is no console: it is missing, or somebody else may change its files; nil when all is well. The operator must act.
    public let problem: String?
    private let tree: ConsoleTree?

    /// - Parameter folders: the first that has an `index.html` is taken.
    public init(folders: [URL] = Self.standardFolders) {
        do {
            for folder in folders {
                guard let tree = try ConsoleTree(folder: folder) else { continue }
                (self.tree, problem) = (tree, nil)
                return
            }
            problem =
                "the files of the console are missing: put the folder 'console' of the release beside connectors.d"
        } catch {
            problem = error.message
        }
        tree = nil
    }

    /// From the program's folder upwards: `/opt/certway/bin` → `/opt/certway/console`, and the checkout of a build.
    public static var standardFolders: [URL] {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
        var folder = URL(filePath: program).deletingLastPathComponent()
        var found: [URL] = []
        for _ in 0..<5 {
            found += [folder.appending(path: "console"), folder.appending(path: "Sources/WebConsole/Resources")]
            folder.deleteLastPathComponent()
        }
        return found
    }

    /// The answer for a path of the console; nil when it is none of its addresses.
    public func answer(_ request: ServerRequest) -> ServerAnswer? {
        if request.path == "/" { return redirect(to: "/console") }
        let isAsset = request.path.hasPrefix("/assets/")
        guard isAsset || Self.isPage(request.path) else { return nil }
        guard ["GET", "HEAD"].contains(request.method) else {
            return refusal(405, "only GET and HEAD are possible here", [("Allow", "GET, HEAD")])
        }
        guard let tree else { return refusal(503, problem ?? "") }
        guard isAsset else {
            // For some minutes it is not asked for again: that would cost as much as all the rest. Files of a console that was replaced
            // meanwhile are missed, and begin.js asks anew.
            return send(
                tree.shell(at: request.path), tag: tree.hash, cache: "private, max-age=300", request, Self.pageHeaders)
        }
        let parts = request.path.dropFirst("/assets/".count).split(separator: "/", maxSplits: 1)
        // An old tab asks for files of an old tree: to give it new ones would mix two versions.
        if parts.count == 2, parts[0] != tree.hash, parts[1] == Self.begin { return reloading }
        guard parts.count == 2, parts[0] == tree.hash, let file = tree.files[String(parts[1])] else {
            return refusal(404, "this console has no such file; load the page again")
        }
        return send(file, tag: tree.hash, cache: "public, max-age=31536000, immutable", request, Self.assetHeaders)
    }

    /// What runs first in every page.
    private static let begin = "app/begin.js"

    /// A page of a console that was replaced, kept by the browser, asks for its first script: it is loaded anew.
    private var reloading: ServerAnswer {
        .response(
            status: 200,
            headers: Self.assetHeaders + [
                ("Content-Type", ConsoleFile.type(of: Self.begin) ?? ""), ("Cache-Control", "no-store"),
            ], body: Array("location.reload();\n".utf8))
    }

    private static func isPage(_ path: String) -> Bool {
        ["/console", "/my", "/status", "/signin", "/manual"].contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    private func send(
        _ file: ConsoleFile, tag: String, cache: String, _ request: ServerRequest,
        _ more: [(name: String, value: String)]
    ) -> ServerAnswer {
        let isCompressed = file.compressed != nil && Self.takesGzip(request)
        let etag = "\"\(tag)\(isCompressed ? "-gzip" : "")\""
        var headers = more + [("Cache-Control", cache), ("ETag", etag), ("Vary", "Accept-Encoding")]
        if let known = request.header("If-None-Match"), known == "*" || known.contains(etag) {
            return .response(status: 304, headers: headers)
        }
        headers.append(("Content-Type", file.type))
        if isCompressed { headers.append(("Content-Encoding", "gzip")) }
        return .response(
            status: 200, headers: headers, body: isCompressed ? file.compressed ?? file.bytes : file.bytes)
    }

    /// Whether the client names gzip and does not exclude it by `q=0` (RFC 9110 section 12.5.3).
    public static func takesGzip(_ request: ServerRequest) -> Bool {
        (request.header("Accept-Encoding") ?? "").lowercased().split(separator: ",").contains { entry in
            let parts = entry.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first == "gzip" || parts.first == "*" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
        }
    }

    private func redirect(to path: String) -> ServerAnswer {
        .response(status: 302, headers: Self.assetHeaders + [("Location", path), ("Cache-Control", "no-store")])
    }

    private func refusal(_ status: Int, _ text: String, _ more: [(name: String, value: String)] = []) -> ServerAnswer {
        .response(
            status: status,
            headers: Self.assetHeaders + more + [
                ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ],
            body: Array("\(text)\n".utf8))
    }
}
