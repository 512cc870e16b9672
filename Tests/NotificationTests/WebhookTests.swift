// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import HTTPServing
import HTTPTransport
import JSONDocuments
import Ledger
import PKIX
import Settings
import Store
import Synchronization
import TestSupport
import Testing

@testable import Notification
@testable import Sentences

/// Programs get everything, in its order.
@Suite struct WebhookTests {
    private static func released(_ folder: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(folder)").path
    }

    /// The one in front is given up three days after its first attempt; what stood behind it has not been tried, and so is not too old.
    @Test(arguments: [3600.0, 86_400]) func whatStandsBehindAnotherIsToldWhenItsTurnComes(pause: TimeInterval)
        async throws
    {
        let clock = TestClock()
        let database = try await TestDatabase(
            OrderLedger.migrations + DirectorySchema.migrations + NoticeTables.migrations)
        let isGood = Atomic(false)
        let told = Mutex<[String]>([])
        let attempts = Atomic(0)
        let server = try HTTPServer { request in
            attempts.add(1, ordering: .relaxed)
            guard isGood.load(ordering: .relaxed) else { return .response(status: 503) }
            let about = (try? JSONValue(parsing: request.body))?["about"]?.string ?? ""
            told.withLock { $0.append(about) }
            return .response(status: 204)
        }
        let folder = try TemporaryFolder()
        let secret = try folder.write("a secret of the two", to: "secret")
        let configuration = try ConfigurationReader.read(
            """
            notifications:
              from: certway@example.org
              smtp: {server: mail.example.org}
              webhooks: [{name: tickets, url: "\(server.url)", secret: "file:\(secret)"}]
            """, file: "test"
        ).notifications
        let desk = NoticeDesk(
            database: database, mirror: DirectoryMirror(database: database),
            configuration: try #require(configuration),
            texts: try NoticeTexts.read(folders: [Self.released("notices.d")]),
            sentences: try SentenceBooks.read(folders: [Self.released("sentences.d")]), sender: Post(),
            http: CurlHTTPClient(),
            sealingKey: SealingKey.random(), clock: clock, owner: "a", gateway: "", isOver: { _ in nil })
        for number in 1...5 {
            let now = clock.now()
            try await database.write { connection in
                try NoticeOutbox.post(
                    event: .issued, about: "order \(number)", to: .webhook("tickets"), values: [:], at: now,
                    in: connection)
            }
            clock.advance(.seconds(1))
        }
        func pass() async throws { while try await desk.next() != nil {} }
        var passed = 0.0
        while passed < 100 * 3600 {
            try await pass()
            clock.advance(.seconds(Int(pause)))
            passed += pause
        }
        try await pass()
        let counts = try await Notices(database).counts()
        #expect(counts[.failed] == 1 && counts[.waiting] == 4 && counts[.dropped] == nil, "\(counts)")
        // Those behind it cost no attempt.
        let before = attempts.load(ordering: .relaxed)
        #expect(before <= 40, "\(before)")
        isGood.store(true, ordering: .relaxed)
        for _ in 0..<4 {
            clock.advance(.seconds(12 * 3600 + 60))
            try await pass()
        }
        #expect(told.withLock(\.self) == (2...5).map { "order \($0)" })
        #expect(try await Notices(database).counts()[.sent] == 4)
    }
}
