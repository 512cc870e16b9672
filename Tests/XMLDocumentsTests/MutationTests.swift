// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import XMLDocuments

/// Whatever is changed in a document: it is read or refused, never anything else, and what was read can be used.
@Suite struct MutationTests {
    private static let xml = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="urn:e" xmlns="urn:d"><e:Header/><e:Body><a b="1" c="&lt;">
        <![CDATA[x]]>ü&#228;<d href="#i"/><d id="i">text</d></a><!-- c --></e:Body></e:Envelope>
        """.utf8)
    private static let html = Array(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>T</title><script>1<2</script></head><body><p>a<b>c<table><tr><td>1<a href='x?a=1&b'>l</a></table>&uuml;</body>"
            .utf8)
    private static let pieces = [
        "<", ">", "&", "&#0;", "&#xFFFFFFFF;", "]]>", "<![CDATA[", "<!DOCTYPE", "<!ENTITY", "\0", "xmlns:", "\"", "é",
        "</", "<?xml", "<a>", "encoding='utf-16'",
    ].map { Array($0.utf8) }

    @Test func mutatedDocumentsAreReadOrRefused() throws {
        let seed = TestSeed.choose("changed documents")
        var random = SeededGenerator(seed: seed)
        let path = try XPathExpression("//*[@*]")
        var read = 0
        for round in 0..<4000 {
            let original = round.isMultiple(of: 2) ? Self.xml : Self.html
            let bytes = mutate(original, &random)
            let root =
                original == Self.xml ? try? XMLDocument(parsing: bytes).root : try? HTMLDocument(parsing: bytes).root
            guard let root else { continue }
            read += 1
            _ = try path.elements(in: root).map { ($0.attributes, $0.text, $0.namespace) }
            let again = try? XMLDocument(parsing: root.xml.utf8)
            #expect(original == Self.html || again?.root.text == root.text, "seed \(seed), round \(round)")
            _ = HTMLDocument.visibleText(root)
        }
        #expect(read > 400)
    }

    private func mutate(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
            case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
            default: bytes = Array(bytes[..<place])
            }
            if bytes.isEmpty { return [0x3C] }
        }
        return bytes
    }
}
