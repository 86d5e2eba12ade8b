/** Small graph files by name, for tests that read some. */
export const files: Readonly<Record<string, string>> = {
  'paw.csv': 'source,target,weight\n0,1,0.5\n1,2,1\n2,0,1\n0,3,2\n',
  'triangle.json':
    '{ "directed": true, "nodes": ["a", "b", "c"], "edges": [["a", "b"], ["b", "c"], ["c", "a"]] }',
  'path.graphml': `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <!-- <graph> in a remark is none -->
  <key id="w" for="edge" attr.name="weight" attr.type="double"/>
  <graph id="G" edgedefault="undirected">
    <node id="n0"/><node id="n1"><data key="w">1 &lt; 2</data></node>
    <node id="n&amp;2"/>
    <edge source="n0" target="n1"><data key="w">1.0</data></edge>
    <edge id='e' source='n1' target='n&#38;2'/>
  </graph>
</graphml>
`,
};
