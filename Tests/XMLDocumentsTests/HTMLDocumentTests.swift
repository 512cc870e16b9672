// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLDocuments

@Suite struct HTMLDocumentTests {
    @Test func aSloppyPageIsRead() throws {
        let page = try HTMLDocument(
            parsing: """
                <HTML><Head><Title>Zertifikat ausgestellt</Title><script>var x = "<b>5</b>";</script></Head>
                <Body bgcolor=white><P ID=locPage>Ihre Anforderungs-ID ist <b>17</b>.<P>
                <A HREF="certnew.cer?ReqID=17&amp;Enc=b64">Download
                certificate</A><Table><TR><TD>eins<TD>zwei</Table>
                <Input Type=hidden Name=Mode Value="newreq">
                """.utf8)
        #expect(page.text.hasPrefix("Zertifikat ausgestellt Ihre Anforderungs-ID ist 17."))
        #expect(page.text.contains("eins zwei"))
        #expect(!page.text.contains("var x"))
        #expect(page.links == [.init(text: "Download certificate", address: "certnew.cer?ReqID=17&Enc=b64")])
        #expect(page.elements("input").first?.attribute("value") == "newreq")
        #expect(try XPathExpression("//p[@id='locPage']/b").string(in: page.root) == "17")
    }

    @Test func theEncodingComesFromHeaderMetaOrBytes() throws {
        func text(_ before: String, _ bytes: [UInt8], _ encoding: String? = nil) throws -> String {
            let page = Array("<html><head>\(before)</head><body>".utf8) + bytes + Array("</body></html>".utf8)
            return try HTMLDocument(parsing: page, encoding: encoding).text
        }
        #expect(try text("", [0x80, 0xFC]) == "€ü")
        #expect(try text("", Array("€ü".utf8)) == "€ü")
        #expect(try text("<meta charset='utf-8'>", Array("€ü".utf8)) == "€ü")
        #expect(
            try text("<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>", [0xB3]) == "ł")
        #expect(try text("", [0xB3], "ISO-8859-2") == "ł")
        #expect(try text("<meta charset='iso-8859-2'>", Array("ł".utf8), "utf-8") == "ł")
        #expect(throws: XMLError.self) { try text("", [], "klingon") }
    }

    @Test func oddPagesAreBounded() throws {
        #expect(throws: XMLError.self) { try HTMLDocument(parsing: []) }
        #expect(throws: XMLError.self) {
            try HTMLDocument(parsing: Array(repeating: 0x20, count: 100), maximumBytes: 99)
        }
        let deep = String(repeating: "<div>", count: 5000)
        #expect(throws: XMLError.self) { try HTMLDocument(parsing: deep.utf8) }
        let external = #"<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x"><body>&uuml;&nosuch;</body>"#
        #expect(try HTMLDocument(parsing: external.utf8).text.hasPrefix("ü"))
        #expect(try HTMLDocument(parsing: Array("just text".utf8)).text == "just text")
    }
}
