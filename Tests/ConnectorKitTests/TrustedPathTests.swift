// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import TestSupport
import Testing

/// What may be believed, tried with real files, owners and links. Root gives its files away; another user looks at its own with
/// the eyes of a stranger, because it cannot.
@Suite struct TrustedPathTests {
    private static let stranger: uid_t = 4711
    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = try folder.write("x", to: "file")
    }

    private func refusal(
        _ path: String, _ role: TrustedPath.Role, _ rule: TrustedPath = .ofThisProcess
    ) -> String? {
        do {
            try rule.check(path, as: role)
            return nil
        } catch {
            return error.message
        }
    }

    /// The command at the end of a refusal does what it says.
    private func mend(_ path: String, _ role: TrustedPath.Role) async throws {
        let command = try #require(refusal(path, role)?.components(separatedBy: ", then: ").last)
        let run = try await Run.tool("sh", ["-c", command])
        #expect(run.status == 0 && refusal(path, role) == nil, "\(command): \(run.errors)")
    }

    @Test func modesAreComparedByRoleAndTheCommandMendsThem() async throws {
        let sound: [(TrustedPath.Role, Set<mode_t>)] = [
            (.ownFile, [0o400, 0o600, 0o700]), (.secret, [0o400, 0o600, 0o640, 0o700, 0o750]),
            (.shared, [0o400, 0o600, 0o604, 0o640, 0o644, 0o700, 0o750, 0o755]),
        ]
        for (role, allowed) in sound {
            for mode: mode_t in [0o400, 0o600, 0o640, 0o644, 0o700, 0o750, 0o755, 0o602, 0o604, 0o606, 0o666, 0o777] {
                chmod(file, mode)
                #expect((refusal(file, role) == nil) == allowed.contains(mode), "\(role) \(String(mode, radix: 8))")
                if !allowed.contains(mode) { try await mend(file, role) }
            }
        }
        chmod(file, 0o646)
        let message = try #require(refusal(file, .shared))
        #expect(message.contains("\(file) has mode 646") && message.contains("expected its owner alone"), "\(message)")
    }

    @Test func aGroupMayWriteOnlyWhenItIsTheOwnersOwn() throws {
        chmod(file, 0o660)
        // Who is not root cannot give a file to another group; then it is its own group that counts.
        if geteuid() == 0 { try #require(chown(file, 0, 4711) == 0) }
        var status = stat()
        try #require(stat(file, &status) == 0)
        let isOwn = status.st_gid == 0 || status.st_gid == status.st_uid
        #expect(geteuid() != 0 || !isOwn)
        for role in [TrustedPath.Role.secret, .shared] { #expect((refusal(file, role) == nil) == isOwn) }
    }

    @Test func theGatewaysFolderIsItsOwn() async throws {
        #expect(refusal(folder.path, .ownFolder) == nil)
        for mode: mode_t in [0o750, 0o701, 0o755, 0o777, 0o1777] {
            chmod(folder.path, mode)
            try await mend(folder.path, .ownFolder)
        }
    }

    /// Opening one may last for ever.
    @Test func aPipeIsNothingOfTheGatewaysOwn() throws {
        let pipe = folder.path("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(refusal(pipe, .ownFile)?.hasPrefix("\(pipe) is a pipe or device, expected a file") == true)
        #expect(refusal(pipe, .secret) == nil, "handed over by the shell: <(command)")
    }

    @Test func whatBelongsToAStrangerIsBelievedInNoRole() async throws {
        let roles: [TrustedPath.Role] = [.ownFile, .secret, .shared]
        guard geteuid() == 0 else {
            let rule = TrustedPath(user: Self.stranger)
            for role in roles { #expect(refusal(file, role, rule)?.contains("belongs to") == true) }
            #expect(refusal("/etc/passwd", .ownFile)?.contains("belongs to root") == true)
            return
        }
        for role in roles {
            try #require(chown(file, Self.stranger, 4711) == 0)
            #expect(refusal(file, role)?.contains("\(file) belongs to 4711, expected root") == true)
            try await mend(file, role)
        }
        // What root has made is believed by others, and is nobody's own.
        let rule = TrustedPath(user: Self.stranger)
        #expect(refusal("/etc/passwd", .shared, rule) == nil)
        #expect(refusal("/etc/passwd", .ownFile, rule)?.contains("belongs to root, expected 4711") == true)
    }

    @Test func theOwnerOfTheProgramIsBelieved() throws {
        let rule = TrustedPath(user: Self.stranger, trusted: [geteuid()])
        #expect(refusal(file, .shared, rule) == nil && refusal(file, .ownFile, rule) != nil)
    }

    @Test func aFolderOnTheWayThatOthersMayWriteSpoilsWhatIsBelow() async throws {
        let below = folder.path("a/b")
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
        let path = try folder.write("x", to: "a/b/thing")
        chmod(path, 0o600)
        for role in [TrustedPath.Role.ownFile, .secret, .shared] {
            #expect(refusal(path, role) == nil)
            for open in [folder.path, folder.path("a"), below] {
                chmod(open, 0o777)
                #expect(refusal(path, role)?.hasPrefix("\(open) has mode 777") == true)
                // The sticky bit, as in /tmp, keeps others from replacing what is not theirs.
                chmod(open, 0o1777)
                #expect(refusal(path, role) == nil)
                chmod(open, 0o757)
                try await mend(path, role)
            }
        }
    }

    @Test func linksAreFollowedWhereSecretsAreSwappedAndNowhereElse() async throws {
        let link = folder.path("link")
        symlink("file", link)
        #expect(refusal(link, .secret) == nil && refusal(link, .shared) == nil)
        #expect(refusal(link, .ownFile)?.contains("\(link) is a symbolic link") == true)
        // As Kubernetes does it: name → ..data/name, ..data → a dated folder.
        try FileManager.default.createDirectory(atPath: folder.path("..2026"), withIntermediateDirectories: true)
        try folder.write("x", to: "..2026/name")
        symlink("..2026", folder.path("..data"))
        symlink("..data/name", folder.path("name"))
        #expect(refusal(folder.path("name"), .secret) == nil)
        chmod(folder.path("..2026"), 0o777)
        #expect(refusal(folder.path("name"), .secret)?.hasPrefix(folder.path("..2026")) == true)
        chmod(folder.path("..2026"), 0o755)
        chmod(folder.path("..2026/name"), 0o644)
        #expect(refusal(folder.path("name"), .secret)?.hasPrefix(folder.path("..2026/name")) == true)
        // A link to the gateway's folder; the way to it may have links.
        try FileManager.default.createDirectory(
            atPath: folder.path("home"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        symlink(folder.path("home"), folder.path("other-home"))
        #expect(refusal(folder.path("other-home"), .ownFolder)?.contains("is a symbolic link") == true)
        symlink(folder.path, folder.path("way"))
        #expect(refusal(folder.path("way/./home/../home/"), .ownFolder) == nil)
        try await mend(link, .ownFile)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func aLinkOfAStrangerIsNotFollowed() throws {
        let link = folder.path("link")
        symlink(file, link)
        if geteuid() == 0 { try #require(lchown(link, Self.stranger, 4711) == 0) }
        let rule = geteuid() == 0 ? TrustedPath.ofThisProcess : TrustedPath(user: Self.stranger)
        #expect(refusal(link, .secret, rule)?.contains("belongs to") == true)
    }

    @Test func whatIsNotThereOrNoFileIsNotJudgedAndLoopsEnd() throws {
        symlink("b", folder.path("a"))
        symlink("a", folder.path("b"))
        symlink("nowhere", folder.path("c"))
        for path in [folder.path("a"), folder.path("c"), folder.path("none/at/all"), "\(file)/below", "/dev/null"] {
            #expect(refusal(path, .secret) == nil, "\(path)")
        }
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(refusal("/dev/fd/\(ends[0])", .secret) == nil)
    }
}
