// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import TestSupport
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The number beside the database by which an older copy of it is recognised.
@Suite(.timeLimit(.minutes(5))) struct SubmissionMarkTests {
    private static let target = SubmissionTarget(backendCA: "ca", connection: "sandbox, account 1")
    private static let other = SubmissionTarget(backendCA: "adcs", connection: "adcs at \"x\"\n2")

    @Test func theMarkFollowsTheDatabaseAndNeverRunsAhead() async throws {
        let gateway = try await TestGateway()
        let folder = try TemporaryFolder()
        let mark = SubmissionMark(path: folder.path("mark"))
        #expect(await mark.examine { 0 } == .consistent)
        for name in ["ada", "bob"] { try await gateway.plan(name) }
        try await gateway.engine { $0.submissionMark = mark }.work(until: nil)
        let count = try await gateway.ledger.submissionCount()
        #expect(count == 2)
        #expect(await mark.examine { count } == .consistent)
        #expect(await SubmissionMark(path: folder.path("mark")).examine { count } == .consistent)
        #expect(await mark.examine { count - 1 } == .olderDatabase(remembered: 1, left: 2))
        #expect(await mark.examine { count + 5 } == .consistent, "a process died between commit and mark")
    }

    /// A process that dies between the commit of the very first request and the number is no sign.
    @Test func theNumberIsThereBeforeTheFirstRequest() async throws {
        let folder = try TemporaryFolder()
        #expect(await SubmissionMark(path: folder.path("mark")).examine { 0 } == .consistent)
        #expect(await SubmissionMark(path: folder.path("mark")).examine { 1 } == .consistent)
        // What another process has written meanwhile stays.
        let mark = SubmissionMark(path: folder.path("other"))
        let finding = await mark.examine {
            #expect(SubmissionMark(path: folder.path("other")).note(5, for: Self.target))
            return 0
        }
        #expect(finding == .consistent && mark.number == 5)
        try FileManager.default.removeItem(atPath: folder.path("mark"))
        #expect(await SubmissionMark(path: folder.path("mark")).examine { 1 } == .missing(remembered: 1))
    }

    @Test func aMarkThatIsGoneIsASign() async throws {
        let folder = try TemporaryFolder()
        let mark = SubmissionMark(path: folder.path("mark"))
        #expect(await mark.examine { 7 } == .missing(remembered: 7))
        try folder.write("no number", to: "mark")
        #expect(await mark.examine { 7 } == .missing(remembered: 7))
        try mark.reset(to: 7)
        #expect(await mark.examine { 7 } == .consistent)
        #expect(await mark.examine { 6 } == .olderDatabase(remembered: 6, left: 7))
    }

    @Test func aSmallerNumberIsNeverWritten() async throws {
        let folder = try TemporaryFolder()
        let mark = SubmissionMark(path: folder.path("mark"))
        #expect(mark.note(100, for: Self.target))
        #expect(mark.note(99, for: Self.target))
        #expect(await mark.examine { 99 } == .olderDatabase(remembered: 99, left: 100))
        #expect(SubmissionMark(path: folder.path("mark")).note(3, for: Self.target))
        #expect(await mark.examine { 99 } == .olderDatabase(remembered: 99, left: 100))
    }

    /// A link put there by somebody else is not followed.
    @Test func aLinkIsNotWrittenThrough() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "other")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("mark"), withDestinationPath: folder.path("other"))
        #expect(!SubmissionMark(path: folder.path("mark")).note(1, for: Self.target))
        #expect(try String(contentsOfFile: folder.path("other"), encoding: .utf8) == "precious")
    }

    /// An older copy learns where requests went since, as far as the file tells of all of them.
    @Test func theMarkTellsWhereRequestsWent() throws {
        let folder = try TemporaryFolder()
        let mark = SubmissionMark(path: folder.path("mark"))
        try mark.reset(to: 0)
        #expect(mark.note(1, for: Self.target) && mark.note(2, for: Self.other) && mark.note(3, for: Self.target))
        func targets(_ remembered: Int64) -> SubmissionTargets {
            SubmissionMark(path: folder.path("mark")).targets(since: remembered)
        }
        #expect(targets(0) == SubmissionTargets([Self.target, Self.other], isWhole: true))
        #expect(targets(2) == SubmissionTargets([Self.target], isWhole: true))
        #expect(targets(3) == SubmissionTargets(), "nothing tells of anything since")
        // A process ended while it wrote a line: the next one is written over it.
        let whole = try String(contentsOfFile: folder.path("mark"), encoding: .utf8)
        try folder.write(whole + "00000", to: "mark")
        #expect(targets(2) == SubmissionTargets([Self.target], isWhole: true))
        let third = SubmissionTarget(backendCA: "third", connection: "3")
        #expect(mark.note(4, for: third))
        #expect(targets(3) == SubmissionTargets([third], isWhole: true))
        try folder.write(whole + "garbage\n", to: "mark")
        #expect(targets(2) == SubmissionTargets([Self.target]))
        // From here on it tells of nothing that was before.
        try mark.reset(to: 2)
        #expect(mark.note(3, for: Self.other))
        #expect(targets(2) == SubmissionTargets([Self.other], isWhole: true))
        #expect(targets(1) == SubmissionTargets([Self.other]))
    }

    /// As an older version has left it.
    @Test func aNumberAloneTellsOfNoPlaceBefore() throws {
        let folder = try TemporaryFolder()
        try folder.write("0000000000000000007\n", to: "mark")
        let mark = SubmissionMark(path: folder.path("mark"))
        #expect(mark.number == 7 && mark.targets(since: 3) == SubmissionTargets())
        #expect(mark.note(8, for: Self.target) && mark.number == 8)
        #expect(mark.targets(since: 7) == SubmissionTargets([Self.target], isWhole: true))
        #expect(mark.targets(since: 6) == SubmissionTargets([Self.target]))
    }
}
