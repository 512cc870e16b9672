// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Sentences
import Testing

@testable import AdminAPI

@Suite(.timeLimit(.minutes(1))) struct VersionTests {
    private func operations(_ count: Counter) -> [APIOperation] {
        [
            APIOperation("read", .get, "/thing", tag: "t", "s", permission: nil, answer: .json(.any)) { _ in
                .json(["value": JSONValue(count.value)], version: "v\(count.value)")
            },
            APIOperation(
                "write", .put, "/thing", tag: "t", "s", permission: nil, body: .any, answer: .json(.any),
                version: { _ in "v\(count.value)" }
            ) { _ in
                count.add()
                return .json([:], version: "v\(count.value)")
            },
        ]
    }

    @Test func aChangeNeedsTheVersionThatWasSeen() async throws {
        let count = Counter()
        let served = try await ServedGateway(operations(count))
        let seen = await served.ask("GET", "/thing").headers["etag"]
        #expect(seen?.hasPrefix("\"v0-") == true)
        #expect(await served.ask("GET", "/thing", headers: [("If-None-Match", seen ?? "")]).status == 304)
        #expect(await served.ask("PUT", "/thing", body: 1).status == 428)
        let changed = await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", seen ?? "")])
        #expect(changed.status == 200 && changed.headers["etag"] == "\"v1\"")
        let stale = await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", "\"v0\"")])
        #expect(stale.status == 412 && stale.headers["etag"] == "\"v1\"" && count.value == 1)
        #expect(await served.ask("PUT", "/thing", body: 1, headers: [("If-Match", "\"v0\", \"v1\"")]).status == 200)
    }

    /// Whoever holds the English text of an object is not told that the German one is the same.
    @Test func anAnswerOfAnotherLanguageIsAnother() async throws {
        let read = APIOperation("read", .get, "/thing", tag: "t", "s", permission: nil, answer: .json(.any)) { _ in
            .json(["reason": "left the group"], version: "v0")
        }
        let german = try SentenceBooks.read(folders: [SentenceTests.german])
        let served = try await ServedGateway([read], sentences: german)
        func ask(_ language: String, _ more: [(name: String, value: String)] = []) async -> Answer {
            await served.ask("GET", "/thing", headers: [("Accept-Language", language)] + more)
        }
        let english = await ask("en")
        let told = await ask("de")
        let tag = try #require(told.headers["etag"])
        #expect(told.json["reason"]?.string == "hat die Gruppe verlassen" && tag != english.headers["etag"])
        #expect(await ask("en", [("If-None-Match", tag)]).status == 200)
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let same = await ask("de", [("If-None-Match", known)])
            #expect(same.status == 304 && same.text.isEmpty && same.headers["etag"] == tag, "\(known)")
            #expect(same.headers["vary"] == "Accept-Language")
        }
    }

    /// A cache gives an answer to nobody who asks otherwise, be it sent as it is or as gzip; one line names all.
    @Test func listsVaryByLanguageAndCompression() async throws {
        let list = APIOperation("list", .get, "/things", tag: "t", "s", permission: nil, answer: .list(of: .any)) {
            try $0.whole(
                (0..<200).map { ["number": JSONValue($0), "text": .string(String(repeating: "x", count: 60))] })
        }
        let served = try await ServedGateway([list])
        for encoding in ["gzip", "identity"] {
            let answer = await served.ask("GET", "/things", headers: [("Accept-Encoding", encoding)])
            #expect(answer.headers["content-encoding"] == (encoding == "gzip" ? "gzip" : nil))
            #expect(answer.lines.filter { $0.name == "Vary" }.map(\.value) == ["Accept-Language, Accept-Encoding"])
        }
    }
}
