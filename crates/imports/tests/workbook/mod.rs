//! Workbooks made part by part, the wrong ones too.

use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Relevé" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
const STRINGS: &str = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Nom</t></si><si><t>Montant dû</t></si><si><t>Date</t></si><si><t>Béranger</t></si><si><t>Œuvrard</t></si></sst>"#;
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>
<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2"><v>1234.56</v></c><c r="C2" s="1"><v>45691</v></c></row>
<row r="4"><c r="A4" t="s"><v>4</v></c><c r="B4"><v>0.30000000000000004</v></c><c r="C4" t="b"><v>1</v></c><c r="D4"><f>40+2</f><v>42</v></c><c r="E4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
</sheetData></worksheet>"#;

pub struct Book(Vec<(String, String)>);

impl Book {
    pub fn table() -> Self {
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELS),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS),
            ("xl/workbook.xml", BOOK),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", STRINGS),
            ("xl/worksheets/sheet1.xml", SHEET),
        ];
        Self(parts.map(|(n, t)| (n.to_owned(), t.to_owned())).into())
    }

    pub fn empty() -> Self {
        Self::table().sheet("<worksheet><sheetData/></worksheet>")
    }

    pub fn sheet(self, xml: &str) -> Self {
        self.part("xl/worksheets/sheet1.xml", xml)
    }

    pub fn part(mut self, name: &str, text: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), text.to_owned()));
        self
    }

    pub fn extra_sheets(mut self, n: usize) -> Self {
        for at in 0..n {
            self = self.part(&format!("xl/worksheets/extra{at}.xml"), "<worksheet/>");
        }
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        archive(self.0.iter().map(|(n, t)| (n.as_str(), t.as_str())))
    }
}

pub fn stored(parts: &[(&str, &str)]) -> Vec<u8> {
    archive(parts.iter().copied())
}

fn archive<'a>(parts: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}
