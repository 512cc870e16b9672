// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import HTTPServing
import JSONDocuments
import MicrosoftGraph
import TestSupport
import Testing

/// wire/graph-directory.md sections 2, 3 and 12 (points 1 to 4).
@Suite struct FullPassTests {
    @Test func listsAllPagesOfDirectMembers() async throws {
        let harness = try await DirectoryHarness()
        let people = (0..<23).map { "user-\($0)" }
        harness.tenant.addUsers(people, to: "root")
        harness.tenant.add("printer", "device", to: "root")
        harness.tenant.add("mallory", "orgContact", to: "root")
        harness.tenant.change { $0.pageSize = 5 }
        let report = try await harness.synchronizer.synchronize(group: "ROOT", nested: false)
        #expect(report.mode == .full)
        #expect(report.groupName == "Group root")
        #expect((report.joined, report.left, report.changed) == (23, 0, 0))
        #expect((report.total, report.pages, report.groups) == (23, 10, 1))
        #expect(try await harness.present() == Set(people))
    }

    /// Of the display name, the user principal name or any address; those who are deleted come last.
    @Test func peopleAreFoundByAPartOfWhatTheyAreCalled() async throws {
        let harness = try await DirectoryHarness()
        let crowd = (100..<130).map { "m.mustermann\($0)" }
        harness.tenant.addUsers(["lena.lange", "lena.huber", "jurgen"] + crowd, to: "root")
        harness.tenant.update("jurgen", "displayName", "J\u{FC}rgen Lange")
        harness.tenant.update(
            "lena.huber", "proxyAddresses", ["SMTP:lh@sandbox.example", "smtp:former.winter@sandbox.example"])
        _ = try await harness.synchronizer.synchronize(group: "root")
        func found(_ text: String) async throws -> [String] {
            let (people, total) = try await harness.mirror.people(called: text, limit: 20)
            #expect(people.count == min(total, 20), "\(text)")
            return people.map(\.id) + (total > 20 ? ["of \(total)"] : [])
        }
        #expect(try await found("lena.lange") == ["lena.lange"])
        #expect(try await found("JURGEN LANGE") == ["jurgen"])
        #expect(try await found("lange") == ["jurgen", "lena.lange"])
        #expect(try await found("Lena.") == ["lena.huber", "lena.lange"])
        #expect(try await found("former.win") == ["lena.huber"])
        for text in ["lena_lange", "%", ""] { #expect(try await found(text).isEmpty, "\(text)") }
        #expect(try await found("mustermann") == crowd.prefix(20) + ["of 30"])
    }

    @Test func nestedGroupsWithCyclesAndTwoPathsCountEachPersonOnce() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers(["bob", "cid"], to: "a")
        harness.tenant.addUsers(["cid", "dan"], to: "b")
        for (child, parent) in [("a", "root"), ("b", "a"), ("b", "root"), ("root", "b"), ("b", "b")] {
            harness.tenant.add(child, "group", to: parent)
        }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.joined, report.total, report.groups) == (4, 4, 3))
        #expect(try await harness.present() == ["ada", "bob", "cid", "dan"])
        #expect(try await harness.mirror.groups(containing: "cid", in: "root") == ["a", "b"])
        #expect(try await harness.mirror.nestedGroups(of: "root").count == 5)

        let direct = try await harness.synchronizer.synchronize(group: "root", nested: false)
        #expect((direct.mode, direct.left, direct.total, direct.groups) == (.full, 2, 2, 1))
        #expect(try await harness.mirror.nestedGroups(of: "root").isEmpty)
    }

    @Test func hiddenAttributesNameTheMissingPermission() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.change { $0.hidesAttributes = true }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .permission)
        #expect(error?.message.contains("User.Read.All") == true)
        #expect(try await harness.present().isEmpty)
    }

    /// Left out is as bad as null: what the tenant does not show is not what it does not have.
    @Test func omittedAttributesNameTheMissingPermissionToo() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.change { $0.omittedAttributes = ["userPrincipalName", "mail", "proxyAddresses"] }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .permission)
        #expect(try await harness.present().isEmpty)
    }

    @Test func anUnknownGroupIsTheOperators() async throws {
        let harness = try await DirectoryHarness()
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "gone") }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("there is no group gone in this tenant") == true)
    }

    @Test(
        "a listing that breaks makes nobody a leaver",
        arguments: [ServerAnswer.graphError(400, "Directory_ExpiredPageToken"), .graphError(403, "Forbidden")])
    func brokenListing(_ answer: ServerAnswer) async throws {
        let harness = try await DirectoryHarness()
        let people = (0..<20).map { "user-\($0)" }
        harness.tenant.addUsers(people, to: "root")
        harness.tenant.change { $0.pageSize = 5 }
        _ = try await harness.synchronizer.synchronize(group: "root")
        harness.graph.clock.advance(by: 8 * 86_400)
        harness.tenant.remove("user-19", from: "root")
        harness.tenant.change { $0.brokenPage = (2, answer) }
        await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(try await harness.present().count == 20)
        harness.tenant.change { $0.brokenPage = nil }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.left, report.total) == (.full, 1, 19))
    }

    @Test(.timeLimit(.minutes(1)), arguments: [FakeTenant.Circle.listings, .rounds])
    func aListingThatGoesRoundMakesNobodyALeaver(_ circle: FakeTenant.Circle) async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers((0..<20).map { "user-\($0)" }, to: "root")
        harness.tenant.change { $0.pageSize = 5 }
        _ = try await harness.synchronizer.synchronize(group: "root")
        harness.graph.clock.advance(by: 8 * 86_400)
        harness.tenant.remove("user-19", from: "root")
        harness.tenant.change { $0.circles = [circle] }
        let error = await #expect(throws: GraphError.self) { try await harness.synchronizer.synchronize(group: "root") }
        #expect(error?.kind == .endless)
        #expect(error?.message.contains(circle == .rounds ? "groups/delta" : "groups/root/members") == true)
        #expect(try await harness.present().count == 20)
        harness.tenant.change { $0.circles = [] }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.left, report.total) == (.full, 1, 19))
    }

    @Test func whoALaggingListingMissesIsLookedForTwice() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob", "cid"], to: "root")
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.addUsers(["eve"], to: "b")
        harness.tenant.add("a", "group", to: "root")
        harness.tenant.add("b", "group", to: "a")
        _ = try await harness.synchronizer.synchronize(group: "root")
        harness.graph.clock.advance(by: 8 * 86_400)
        harness.tenant.remove("cid", from: "root")
        // The group a is missing in the listing, and with it b, dan and eve: all of them are still there.
        harness.tenant.change { $0.lagging = ["bob", "a"] }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.left, report.total) == (.full, 1, 4))
        #expect(try await harness.present() == ["ada", "bob", "dan", "eve"])
    }

    /// No delta round ever tells of those whom the first listing has left out.
    @Test func whomAFirstListingMissesIsAMember() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers(["dan"], to: "a")
        harness.tenant.add("a", "group", to: "root")
        harness.tenant.change { $0.lagging = ["bob", "a", "dan"] }
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.joined, report.total) == (.full, 3, 3))
        #expect(try await harness.present() == ["ada", "bob", "dan"])
        #expect(try await harness.mirror.people(named: "bob").first?.mail == "bob@sandbox.example")
        // A group that is new in the tree is listed for the first time, too.
        harness.tenant.addUsers(["eve", "fay"], to: "b")
        harness.tenant.add("b", "group", to: "root")
        harness.tenant.change { $0.lagging = ["fay"] }
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
        #expect(try await harness.present() == ["ada", "bob", "dan", "eve", "fay"])
    }

    /// Who has left before the link was taken is told of by no round either: one listing that lags behind makes nobody a member.
    @Test func whoIsOnlyInAListingThatLagsIsNoMember() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers(["cid"], to: "elsewhere")
        harness.tenant.change { $0.stale = ["root": ["cid"]] }
        #expect(try await harness.synchronizer.synchronize(group: "root").total == 2)
        #expect(try await harness.present() == ["ada", "bob"])
        // One who was known stays until both readings miss him; where they differ the group is listed once more after an hour.
        harness.graph.clock.advance(by: 8 * 86_400)
        harness.tenant.change { state in
            state.groups["root"]?.removeAll { $0.id == "bob" }
            state.stale = ["root": ["bob"]]
        }
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        harness.graph.clock.advance(by: 8 * 86_400)
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["ada", "bob"])
        harness.tenant.change { $0.stale = [:] }
        harness.graph.clock.advance(by: 3601)
        let report = try await harness.synchronizer.synchronize(group: "root")
        #expect((report.mode, report.left) == (.full, 1))
        #expect(try await harness.present() == ["ada"])
        harness.graph.clock.advance(by: 3601)
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
    }

    /// What neither reading shows yet is found an hour later; a group without anybody is read anew each time.
    @Test(arguments: [false, true]) func aFirstListingIsMadeOnceMore(isEmpty: Bool) async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.change { $0.unseen = isEmpty ? ["ada", "bob"] : ["bob"] }
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.present() == (isEmpty ? [] : ["ada"]))
        harness.tenant.change { $0.unseen = [] }
        if !isEmpty {
            harness.graph.clock.advance(by: 600)
            #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
            #expect(try await harness.present() == ["ada"])
            harness.graph.clock.advance(by: 3001)
        }
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["ada", "bob"])
        harness.graph.clock.advance(by: 86_400)
        _ = try await harness.synchronizer.synchronize(group: "root")
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
    }

    /// A delta link that was taken after its listing would never tell what happened in between.
    @Test func nothingIsLostBetweenAListingAndItsLink() async throws {
        let harness = try await DirectoryHarness()
        harness.tenant.addUsers(["ada", "bob"], to: "root")
        harness.tenant.addUsers(["cid"], to: "a")
        harness.tenant.add("a", "group", to: "root")
        harness.tenant.afterListing("groups/root/members/microsoft.graph.user") { tenant in
            tenant.addUsers(["late"], to: "root")
            tenant.remove("ada", from: "root")
            tenant.update("bob", "surname", "Late")
        }
        // Nested groups are found on the way and get their link then.
        harness.tenant.afterListing("groups/a/members/microsoft.graph.user") { $0.addUsers(["later"], to: "a") }
        harness.tenant.afterListing("groups/a/members/microsoft.graph.group") { tenant in
            tenant.addUsers(["latest"], to: "b")
            tenant.add("b", "group", to: "a")
        }
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .full)
        #expect(try await harness.present() == ["ada", "bob", "cid"])
        #expect(try await harness.synchronizer.synchronize(group: "root").mode == .delta)
        #expect(try await harness.present() == ["bob", "cid", "late", "later", "latest"])
        #expect(try await harness.mirror.people(named: "bob").first?.surname == "Late")
    }

    /// On a server two of them meet at a row, and one looks again.
    @Test func passesMayOverlap() async throws {
        let harness = try await DirectoryHarness()
        let people = (0..<40).map { "user-\($0)" }
        harness.tenant.addUsers(people, to: "root")
        harness.tenant.addUsers(["user-1", "inner"], to: "a")
        harness.tenant.add("a", "group", to: "root")
        harness.tenant.change { $0.pageSize = 3 }
        for _ in 0..<3 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await harness.synchronizer.synchronize(group: "root") } }
                try await group.waitForAll()
            }
            #expect(try await harness.present() == Set(people + ["inner"]))
            harness.graph.clock.advance(by: 8 * 86_400)
        }
        #expect(try await harness.synchronizer.synchronize(group: "root").total == 41)
        #expect(try await harness.mirror.members(of: "root").allSatisfy { $0.isPresent })
    }

    @Test func attributesAreWhatWasSelected() async throws {
        let harness = try await DirectoryHarness(selection: DirectorySelection(further: ["department", "mail"]))
        harness.tenant.addUsers(["ada"], to: "root")
        harness.tenant.update("ada", "department", "R&D")
        harness.tenant.update("ada", "otherMails", ["private@home.example"])
        _ = try await harness.synchronizer.synchronize(group: "root")
        let person = try #require(try await harness.mirror.people(named: "ADA@sandbox.example").first)
        #expect(person.attributes["department"] == "R&D")
        #expect(person.attributes["otherMails"] == nil && person.attributes["unknownProperty"] == nil)
        #expect(try await harness.mirror.people(named: "ada").first?.id == "ada")
        #expect(try await harness.mirror.people(named: "nobody").first == nil)
    }
}
