// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The pages under `/certsrv`, with the tokens that deployed clients depend on (wire/adcs-http.md sections 4 and 5).
struct Pages: Sendable {
    var language = PageLanguage.english
    var encoding = PageEncoding.windows1252

    func issued(_ id: Int, newestGeneration: Int) -> Reply {
        page(
            language.issuedTitle,
            """
            <P ID=locInfoReqIDandReason>\(language.issued)</P>
            <A HREF="certnew.cer?ReqID=\(id)&amp;Enc=b64">\(language.download)</A>
            <A HREF="certnew.p7b?ReqID=\(id)&amp;Enc=b64">\(language.downloadChain)</A>
            <A HREF="certnew.cer?ReqID=CACert&amp;Renewal=\(newestGeneration)&amp;Mode=inst&amp;Enc=b64">\
            \(language.authorityCertificate)</A>
            """)
    }

    func pending(_ id: Int, isRepeated: Bool = false) -> Reply {
        page(
            language.pendingTitle,
            """
            <P ID=locInfoReqIDandReason>\(isRepeated ? language.stillPending : language.pending)</P>
            <P>\(language.requestID(id))</P>
            """)
    }

    func denied(_ id: Int, _ message: String) -> Reply {
        page(
            language.deniedTitle,
            """
            <P ID=locInfoReqIDandReason>\(language.denied)</P>
            <P>\(language.requestID(id)) \(language.disposition(escape(message)))</P>
            """)
    }

    /// The request could not even be read: there is no id.
    func unreadable() -> Reply {
        let message = "\(language.parseError) ASN1 bad tag value met. 0x8009310b (ASN: 267)"
        return page(language.deniedTitle, "<P>\(language.denied) \(language.disposition(message))</P>")
    }

    /// What `certnew.cer` answers instead of a certificate. Clients read label, markup and two TABs.
    func retrieveError(_ disposition: String, _ status: StatusCode) -> Reply {
        page(
            language.errorTitle,
            """
            <DL><DT><B>\(language.dispositionLabel)</B></DT><DD>
            \t\t\(escape(disposition))
            </DD><DT><B>LastStatus:</B></DT><DD>
            \t\t\(escape(status.sentence)) \(status.number)
            </DD></DL>
            """)
    }

    func home(_ authority: String) -> Reply {
        page(
            language.welcome,
            """
            <P>\(escape(authority))</P>
            <A HREF="certrqus.asp">certrqus.asp</A> <A HREF="certckpn.asp">certckpn.asp</A> \
            <A HREF="certcarc.asp">certcarc.asp</A>
            """)
    }

    /// The submit form: its options are the only list of templates.
    func submitForm(_ templates: [CertificateTemplate]) -> Reply {
        let options = templates.map { template in
            // "O" is offline: the subject comes from the request; "E": from the directory.
            let kind = template.takesSubjectFromRequest ? "O" : "E"
            let purposes = template.purposes.map { $0.rawValue + "," }.joined()
            return "<Option Value=\"\(kind);\(template.name);1;\(purposes);\(template.minimumModulusBits)\">"
                + escape(template.product.name)
        }
        return page(
            language.templateLabel,
            """
            <Form Name=SubmittedData Action="certfnsh.asp" Method=Post>
            <Input Type=Hidden Name=Mode Value="newreq">
            <TextArea ID=locTaRequest Name=taRequest Rows=15 Cols=50></TextArea>
            <Select Name=lbCertTemplate ID=lbCertTemplateID>
            \(options.joined(separator: "\n"))
            </Select>
            </Form>
            """)
    }

    func authorityGenerations(newest: Int) -> Reply {
        let options = (0...newest).reversed().map { "<Option Value=\"\($0)\">[\($0)]" }.joined(separator: "\n")
        return page(
            language.authorityCertificate,
            """
            <Script Language="JavaScript">
            var nRenewals=\(newest);
            </Script>
            <Select Name=lbCACert>
            \(options)
            </Select>
            """)
    }

    /// - Parameter requests: what the cookie of the browser lists; the server itself lists nothing.
    func pendingList(_ requests: [Int]) -> Reply {
        let links = requests.map { "<A HREF=\"certfnsh.asp?Mode=chkpnd&amp;ReqID=\($0)\">\($0)</A>" }
        return page(language.pendingTitle, links.joined(separator: "\n"))
    }

    private func page(_ title: String, _ body: String) -> Reply {
        let text = """
            <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
            <HTML><HEAD><TITLE>Microsoft Active Directory Certificate Services</TITLE></HEAD><BODY>
            <P ID=locPageTitle> <B> \(title) </B></P>
            \(body)
            </BODY></HTML>

            """
        return .bytes(encoding.bytes(text), type: "text/html")
    }

    private func escape(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
