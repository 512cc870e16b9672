// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import HTTPServing
import JSONDocuments
import Ledger
import MicrosoftGraph
import Testing

/// wire/graph-directory.md sections 4 and 12 (points 6, 9 and 12).
@Suite struct DeltaPassTests {
    /// A tree root → a with four people, after its first pass.
    private func prepared() async throws -> DirectoryHarness {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers(["bob", "cid"], to: "a")
        harness.tenant.addUsers(["stranger"], to: "elsewhere")
        harness.tenant.add("a", "group", to: "root")
        _ = try await harness.synchronizer.synchronize(group: "root")
        return harness
    }

    @Test func anUnchangedTenantCostsOneRequestForEachThingThatIsFollowed() async throws {
        let harness = try await prepared()
        let end = try await harness.end()
        // Members, users, mail groups and contacts. The first pass found the groups of the tree level by level; the next full
        // one asks for them together.
        for requests in [5, 4] {
            let before = harness.graph.service.requests.count
            let report = try await harness.synchronizer.synchronize(group: "root")
            #expect((report.mode, report.joined, report.left, report.changed) == (.delta, 0, 0, 0))
            #expect((report.groupName, report.total, report.groups) == ("Group root", 3, 2))
            #expect(harness.graph.service.requests.count - before == requests)
            harness.graph.clock.advance(by: 8 * 86_400)
            #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        }
        #expect(try await harness.changes(after: end).isEmpty)
    }

    @Test func joinersLeaversAndChangesAreNumbered() async throws {
        let harness = try await prepared()
        let end = try await harness.end()
        harness.tenant.addUsers(["dan", "eve"], to: "a")
        harness.tenant.addUsers(["stranger"], to: "root")
        harness.tenant.remove("ada", from: "root")
        harness.tenant.remove("bob", from: "root")  // still in a
        harness.tenant.update("cid", "surname", "Byron")
        harness.tenant.update("nobody-we-know", "surname", "X")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.left, report.changed, report.total) == (.delta, 3, 1, 1, 5))
        #expect(try await harness.changes(after: end) == ["+dan", "+eve", "+stranger", "-ada", "+cid"])
        #expect(try await harness.mirror.people(named: "cid").first?.surname == "Byron")
        #expect(try await harness.present() == ["bob", "cid", "dan", "eve", "stranger"])
    }

    /// A proxy that rewrites answers for a moment: the link is not kept, and the next pass goes on where the last good one was.
    @Test(arguments: ["groups", "users"]) func aLinkToAnotherServiceIsNotKept(_ collection: String) async throws {
        let harness = try await prepared()
        harness.tenant.change {
            $0.brokenDelta[collection] = .json([
                "value": [], "@odata.deltaLink": "http://elsewhere.example/v1.0/\(collection)/delta?$deltatoken=1",
            ])
        }
        let error = await #expect(throws: GraphError.self) {
            try await harness.synchronizer.synchronize(group: "root")
        }
        #expect(error?.message.contains("another host") == true)
        harness.tenant.addUsers(["dan"], to: "root")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined) == (.delta, 1))
    }

    /// Changed by somebody on the way before it was kept: the service refuses it for ever, and everything is read anew, once.
    @Test(arguments: [(400, "BadRequest"), (404, "UnknownPath"), (405, "MethodNotAllowed")])
    func keptLinksThatAreRefusedAreGivenUp(status: Int, code: String) async throws {
        let harness = try await prepared()
        harness.tenant.change { $0.brokenDelta["users"] = .graphError(status, code) }
        harness.tenant.addUsers(["dan"], to: "a")
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["ada", "bob", "cid", "dan"])
        harness.tenant.addUsers(["eve"], to: "a")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined) == (.delta, 1))
    }

    /// Kept by an older version, or under another address of the service: everything is read anew, once.
    @Test func keptLinksToAnotherServiceAreGivenUp() async throws {
        let harness = try await prepared()
        try await harness.database.write { connection in
            _ = try connection.execute("UPDATE directory_cursors SET link = 'http://elsewhere.example/v1.0/delta'")
        }
        harness.tenant.addUsers(["dan"], to: "a")
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["ada", "bob", "cid", "dan"])
        harness.tenant.addUsers(["eve"], to: "a")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined) == (.delta, 1))
    }

    @Test func aRenamedPersonKeepsTheId() async throws {
        let harness = try await prepared()
        harness.tenant.update("cid", "userPrincipalName", "Caesar@sandbox.example")
        harness.tenant.update("cid", "mail", nil)
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.joined, report.left, report.changed) == (0, 0, 1))
        let person = try #require(try await harness.mirror.people(named: "caesar@SANDBOX.example").first)
        #expect(person.id == "cid" && person.mail == nil)
    }

    @Test func anotherOrderOfAddressesIsNoChange() async throws {
        let harness = try await prepared()
        harness.tenant.update("cid", "proxyAddresses", ["smtp:cid.x@sandbox.example", "SMTP:cid@sandbox.example"])
        #expect(try await harness.synchronizer.synchronize(group: "root").changed == 0)
    }

    @Test func removedAndAddedInOneRoundStays() async throws {
        let harness = try await prepared()
        harness.tenant.remove("ada", from: "root")
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.setDeleted(true, "bob")
        harness.tenant.setDeleted(false, "bob")
        let end = try await harness.end()
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.changes(after: end).isEmpty)
    }

    @Test func whoMovesBetweenGroupsNeverLeaves() async throws {
        let harness = try await prepared()
        let end = try await harness.end()
        harness.tenant.remove("ada", from: "root")
        harness.tenant.addUsers(["ada"], to: "c")
        harness.tenant.add("c", "group", to: "a")
        harness.tenant.remove("cid", from: "a")
        harness.tenant.addUsers(["cid"], to: "root")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.left, report.groups) == (.delta, 0, 0, 3))
        #expect(try await harness.changes(after: end).isEmpty)
    }

    @Test func replaysChangeNothing() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.remove("ada", from: "root")
        _ = try await harness.synchronizer.synchronize(group: "root")
        let end = try await harness.end()
        harness.tenant.change { $0.replays = 100 }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.joined, report.left, report.changed, report.total) == (0, 0, 0, 3))
        #expect(try await harness.changes(after: end).isEmpty)
        #expect(try await harness.present() == ["bob", "cid", "dan"])
    }

    @Test func deletedPeopleLeaveAndRestoredOnesComeBack() async throws {
        let harness = try await prepared()
        var end = try await harness.end()
        harness.tenant.setDeleted(true, "cid")
        #expect(try await harness.synchronizer.synchronize(group: "root").left == 1)
        #expect(try await harness.changes(after: end) == ["xcid"])
        end = try await harness.end()
        harness.tenant.setDeleted(false, "cid")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.joined, report.total) == (1, 3))
        #expect(try await harness.changes(after: end) == ["+cid"])
    }

    @Test func aDisabledAccountIsAChangeAndNoLeaver() async throws {
        let harness = try await prepared()
        harness.tenant.update("cid", "accountEnabled", false)
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.left, report.changed) == (0, 1))
        #expect(try await harness.mirror.people(named: "cid").first?.isAccountEnabled == false)
    }

    @Test func newNestedGroupsAreListedAndTrackedAndForgotten() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "c")
        harness.tenant.addUsers(["eve", "ada"], to: "b")
        harness.tenant.add("c", "group", to: "b")
        harness.tenant.add("b", "group", to: "a")
        var report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.total, report.groups) == (.delta, 2, 5, 4))
        // The new groups are followed from now on.
        harness.tenant.addUsers(["fay"], to: "c")
        report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.total) == (.delta, 1, 6))
        harness.tenant.remove("b", from: "a")
        report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.left, report.total, report.groups) == (.delta, 3, 3, 2))
        #expect(try await harness.present() == ["ada", "bob", "cid"])
        // What happens in a group that is no longer part of the tree does not matter.
        harness.tenant.addUsers(["gil"], to: "c")
        #expect(try await harness.synchronizer.synchronize(group: "root").joined == 0)
        harness.tenant.add("c", "group", to: "root")
        report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.joined, report.total) == (3, 6))
    }

    @Test(
        "a lost delta link leads to a full pass that compares",
        arguments: [
            ("users", 410, "syncStateNotFound"), ("groups", 410, "resyncRequired"), ("users", 400, "syncStateInvalid"),
            ("groups", 404, "resyncChangesApplyDifferences"), ("users", 400, "Directory_ExpiredPageToken"),
        ])
    func reset(_ collection: String, _ status: Int, _ code: String) async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.remove("ada", from: "root")
        harness.tenant.update("cid", "surname", "Byron")
        harness.tenant.change {
            $0.brokenDelta[collection] = .graphError(
                status, code, headers: [("Location", "https://graph.example/v1.0/users/delta?$deltatoken=")])
        }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect(report.mode == .full)
        #expect(report.total == 3)
        #expect(try await harness.present() == ["bob", "cid", "dan"])
        #expect(try await harness.mirror.people(named: "cid").first?.surname == "Byron")
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
    }

    /// A link into a round without end is as good as lost; when new links lead there too, it is the operator's.
    @Test(.timeLimit(.minutes(1))) func aRoundThatGoesRoundIsGivenUp() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.remove("ada", from: "root")
        harness.tenant.change { $0.circles = [.rounds] }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .endless)
        #expect(try await harness.present().isSuperset(of: ["ada", "bob", "cid"]))
        harness.tenant.change { $0.circles = [] }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.left, report.total) == (1, 3))
        #expect(try await harness.present() == ["bob", "cid", "dan"])
    }

    @Test func aLostUsersLinkIsLostForEveryEnrollmentGroup() async throws {
        let harness = try await prepared()
        _ = try await harness.synchronizer.synchronize(group: "elsewhere")
        harness.tenant.change { $0.brokenDelta["users"] = .graphError(410, "syncStateNotFound") }
        harness.tenant.update("stranger", "surname", "Byron")
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        let report = try await harness.synchronizer.synchronize(group: "elsewhere")
        #expect((report.mode, report.changed) == (.full, 1))
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
    }

    @Test func aDeltaThatBreaksIsReadAgain() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.update("cid", "surname", "Byron")
        harness.tenant.change { $0.brokenDelta["users"] = .graphError(403, "Forbidden") }
        await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.changed, report.total) == (.delta, 1, 4))
    }

    /// Without a link for the next one, nobody knows whether a round was read to its end.
    @Test func aRoundWithoutALinkIsAskedForAgain() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.change { $0.omitsDeltaLinks = true }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .transient)
        harness.tenant.change { $0.omitsDeltaLinks = false }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.total) == (.delta, 4))
    }

    @Test func changesOfOneGroupReachTheOthers() async throws {
        let harness = try await prepared()
        harness.tenant.addUsers(["cid"], to: "elsewhere")
        _ = try await harness.synchronizer.synchronize(group: "elsewhere")
        let end = try await harness.end("elsewhere")
        harness.tenant.update("cid", "surname", "Byron")
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.changes(after: end, "elsewhere") == ["+cid"])
        harness.tenant.setDeleted(true, "cid")
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.present("elsewhere") == ["stranger"])
        #expect(try await harness.synchronizer.synchronize(group: "elsewhere").total == 1)
    }

    @Test func aMemberNotShownYetJoinsWhenItIs() async throws {
        let harness = try await prepared()
        harness.tenant.change { $0.hiddenUsers = ["dan"] }
        harness.tenant.add("dan", "user", to: "a")
        #expect(try await harness.synchronizer.synchronize(group: "root").joined == 0)
        harness.tenant.change { $0.hiddenUsers = [] }
        harness.tenant.addUsers(["dan"], to: "elsewhere")  // creates the account
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.total) == (.delta, 1, 4))
    }

    @Test func aDeletedEnrollmentGroupMakesNoLeavers() async throws {
        let harness = try await prepared()
        harness.tenant.removeGroup("root")
        for _ in 0..<2 {
            let error = await #expect(throws: GraphError.self) {
                try await harness.synchronizer.synchronize(group: "root")
            }
            #expect(error?.kind == .configuration)
        }
        #expect(try await harness.present() == ["ada", "bob", "cid"])
    }

    /// A node that stood still while another one took over keeps nothing of what it still has in hand.
    @Test func aPassWhoseRightIsLostWritesNothing() async throws {
        let harness = try await prepared()
        let ledger = OrderLedger(database: harness.database, clock: harness.graph.clock)
        func synchronizer(_ owner: String) async throws -> DirectorySynchronizer {
            let lease = try await ledger.lease(OrderLedger.planning, owner: owner, for: .seconds(60), force: true)
            return DirectorySynchronizer(
                graph: harness.graph.client, database: harness.database, under: lease,
                clock: harness.graph.clock)
        }
        let stalled = try await synchronizer("stalled")
        #expect(try await stalled.synchronize(group: "root").mode == .delta)
        let newer = try await synchronizer("newer")
        harness.tenant.remove("ada", from: "root")
        harness.tenant.addUsers(["dan"], to: "root")
        for days in [0.0, 8] {
            harness.graph.clock.advance(by: days * 86_400)
            let error = await #expect(throws: LedgerError.self) { try await stalled.synchronize(group: "root") }
            guard case .notInCharge? = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try await harness.present() == ["ada", "bob", "cid"])
        }
        #expect(try await newer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["bob", "cid", "dan"])
    }

    @Test func anotherSelectionNeedsAFullPass() async throws {
        let harness = try await prepared()
        let other = DirectorySynchronizer(
            graph: harness.graph.client, database: harness.database,
            selection: DirectorySelection(further: ["department"]), clock: harness.graph.clock)
        #expect(try await other.synchronize(group: "root").mode == .full)
        #expect(try await other.synchronize(group: "root").mode == .delta)
    }

    @Test func manyNestedGroupsShareDeltaLinks() async throws {
        let harness = try await DirectoryHarness()
        for number in 0..<60 {
            harness.tenant.addUsers(["user-\(number)"], to: "group-\(number)")
            harness.tenant.add("group-\(number)", "group", to: "root")
        }
        #expect(try await harness.synchronizer.synchronize(group: "root").total == 60)
        let before = harness.graph.service.requests.count
        harness.tenant.addUsers(["new"], to: "group-59")
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.groups) == (.delta, 1, 61))
        // One link for the enrollment group, two for sixty groups, and one for the addresses of all groups.
        let asked = harness.graph.service.requests.dropFirst(before)
        #expect(asked.filter { $0.path == "/v1.0/groups/delta" }.count == 4)
    }
}
